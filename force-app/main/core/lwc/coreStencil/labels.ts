import loading from '@salesforce/label/c.Core_Loading';

export const labels = { loading };
