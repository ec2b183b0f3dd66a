/** Modules that the platform answers and no npm package declares. */

declare module '@salesforce/apex' {
  /** Asks Apex again for a value that `@wire` provided. */
  export function refreshApex(provisioned: unknown): Promise<void>;
  export function getSObjectValue(record: unknown, field: unknown): unknown;
}

declare module '@salesforce/apex/*' {
  interface ApexMethod {
    // The answer's shape is known to Apex only; callers say what they expect.
    // eslint-disable-next-line @typescript-eslint/no-explicit-any
    <Result = any>(params?: Record<string, unknown>): Promise<Result>;
    // eslint-disable-next-line @typescript-eslint/no-explicit-any
    adapter: new (
      dataCallback: (value: any) => void,
      sourceContext?: any,
    ) => {
      // eslint-disable-next-line @typescript-eslint/no-explicit-any
      update(config: any, context?: any): void;
      connect(): void;
      disconnect(): void;
    };
  }
  const method: ApexMethod;
  export default method;
}

declare module '@salesforce/label/*' {
  const text: string;
  export default text;
}

declare module '@salesforce/schema/*' {
  const token: { readonly objectApiName: string; readonly fieldApiName: string };
  export default token;
}

declare module '@salesforce/user/Id' {
  const id: string;
  export default id;
}

declare module '@salesforce/user/isGuest' {
  const guest: boolean;
  export default guest;
}

declare module '@salesforce/customPermission/*' {
  /** True where the user has it; undefined, not false, where not: the platform does the same. */
  const granted: true | undefined;
  export default granted;
}

declare module '@salesforce/userPermission/*' {
  const granted: true | undefined;
  export default granted;
}

declare module '@salesforce/resourceUrl/*' {
  const url: string;
  export default url;
}

declare module '@salesforce/messageChannel/*' {
  const channel: string;
  export default channel;
}

declare module '@salesforce/i18n/*' {
  const value: string;
  export default value;
}

declare module '@salesforce/client/formFactor' {
  const factor: 'Large' | 'Medium' | 'Small';
  export default factor;
}
