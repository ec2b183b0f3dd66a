export default { open: jest.fn().mockResolvedValue(undefined) };
