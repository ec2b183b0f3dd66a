/** Oracle of the segment tests; the package has no types. */
declare module 'split-sms' {
  const splitSms: { split(text: string): { characterSet: string; parts: { content: string; length: number; bytes: number }[] } };
  export default splitSms;
}
