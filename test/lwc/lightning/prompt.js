export default { open: jest.fn().mockResolvedValue(null) };
