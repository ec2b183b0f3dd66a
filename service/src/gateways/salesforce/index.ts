/** The Salesforce gateway: the only place that knows jsforce, Salesforce's wire formats and the namespace of the installed package. */
export { BulkJobGoneError, type BulkJob, type BulkPage, type BulkQuery } from './bulk-query.ts';
export { API_VERSION, createSalesforceClient, type SalesforceClient, type SalesforceClientOptions } from './client.ts';
export { escapeSoql, escapeSosl } from './client-extras.ts';
export { explainFailure, refusesLink, refusesOwner } from './refusals.ts';
export { classifyFailure, classifyRecordError, refusedCode, type CallContext, type Failure, type FailureClass } from './classify.ts';
export { MAX_COLLECTION, MAX_HEAVY_SUBREQUESTS, MAX_SUBREQUESTS, type SubrequestBuilder } from './composite.ts';
export { HostRefusedError, OAuthError, SalesforceError, type Sent, type TransportFault } from './errors.ts';
export { checkTokenHost, loginUrl, type HostPolicy } from './hosts.ts';
export { isRecordId } from './ids.ts';
export { createNameMapper, type NameMapper } from './namespace.ts';
export { createSalesforceOAuth, OAUTH_SCOPE, type Identity, type SalesforceOAuth, type TokenSet } from './oauth.ts';
export type { Change } from './pubsub/decode.ts';
export { PubSubError, type PubSubFault } from './pubsub/errors.ts';
export { createChangeSource, type ChangeSource } from './pubsub/source.ts';
export type { ChangeBatch, ChangeStream } from './pubsub/stream.ts';
export { createExchange, type Exchange } from './transport.ts';
export type * from './types.ts';
