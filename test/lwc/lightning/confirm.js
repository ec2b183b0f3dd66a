export default { open: jest.fn().mockResolvedValue(true) };
