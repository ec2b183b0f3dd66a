import { createTestWireAdapter } from '@salesforce/wire-service-jest-util';

export const EnclosingUtilityId = createTestWireAdapter(jest.fn());
export const updateUtility = jest.fn().mockResolvedValue(true);
export const open = jest.fn().mockResolvedValue(true);
export const minimize = jest.fn().mockResolvedValue(true);
