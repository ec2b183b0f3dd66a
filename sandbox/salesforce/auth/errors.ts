/** Where the wording of a row comes from: a vendor document, another party, or our own assumption that still needs a real org. */
export type Source = 'documented' | 'third party' | 'assumed';

interface TokenErrorRow {
  readonly error: string;
  readonly description: string;
  readonly source: Source;
}

/**
 * Every refusal of the token, revoke and introspect endpoints as data (salesforce-platform.md section 2.4), so that a text can be
 * corrected in one place once a real org has been asked. All answer HTTP 400.
 */
export const TOKEN_ERRORS = {
  expiredToken: { error: 'invalid_grant', description: 'expired access/refresh token', source: 'documented' },
  authenticationFailure: { error: 'invalid_grant', description: 'authentication failure', source: 'third party' },
  invalidClient: { error: 'invalid_client', description: 'invalid client credentials', source: 'third party' },
  invalidClientId: { error: 'invalid_client_id', description: 'client identifier invalid', source: 'assumed' },
  appNotInstalled: { error: 'invalid_client', description: 'app must be installed into org', source: 'third party' },
  unsupportedGrant: { error: 'unsupported_grant_type', description: 'grant type not supported', source: 'third party' },
  inactiveUser: { error: 'inactive_user', description: 'user is inactive', source: 'assumed' },
  inactiveOrg: { error: 'inactive_org', description: 'organization is inactive', source: 'assumed' },
  loginHours: { error: 'invalid_grant', description: 'ip restricted or invalid login hours', source: 'assumed' },
  rateLimit: { error: 'invalid_grant', description: 'login rate exceeded', source: 'third party' },
  expiredCode: { error: 'invalid_grant', description: 'expired authorization code', source: 'assumed' },
  invalidCode: { error: 'invalid_grant', description: 'invalid authorization code', source: 'assumed' },
  redirectMismatch: { error: 'redirect_uri_mismatch', description: 'redirect_uri must match configuration', source: 'assumed' },
  invalidVerifier: { error: 'invalid_grant', description: 'invalid code verifier', source: 'assumed' },
  missingVerifier: { error: 'invalid_request', description: 'missing required code verifier', source: 'assumed' },
  missingToken: { error: 'invalid_request', description: 'missing required parameter: token', source: 'assumed' },
  missingRefreshToken: { error: 'invalid_request', description: 'missing required parameter: refresh_token', source: 'assumed' },
  missingCode: { error: 'invalid_request', description: 'missing required parameter: code', source: 'assumed' },
  invalidToken: { error: 'invalid_token', description: 'token is invalid', source: 'assumed' },
} as const satisfies Record<string, TokenErrorRow>;

export type TokenErrorKind = keyof typeof TOKEN_ERRORS;

/** A refusal of the OAuth endpoints; the body is `{error, error_description}` and the status 400. */
export class TokenError extends Error {
  override readonly name = 'TokenError';
  readonly kind: TokenErrorKind;
  constructor(kind: TokenErrorKind) {
    super(TOKEN_ERRORS[kind].description);
    this.kind = kind;
  }

  body(): { error: string; error_description: string } {
    const row = TOKEN_ERRORS[this.kind];
    return { error: row.error, error_description: row.description };
  }
}

/** Refusals of the authorize endpoint that are told to the callback as `error` and `error_description`. */
export const AUTHORIZE_ERRORS = {
  denied: { error: 'access_denied', description: 'end-user denied authorization' },
  missingChallenge: { error: 'invalid_request', description: 'missing required code challenge' },
  badChallenge: { error: 'invalid_request', description: 'invalid code challenge or code challenge method' },
  badScope: { error: 'invalid_scope', description: 'the requested scope is not allowed' },
  badResponseType: { error: 'unsupported_response_type', description: 'response type not supported' },
  needsLogin: { error: 'immediate_unsuccessful', description: 'the user has to sign in or approve' },
} as const;

export type AuthorizeErrorKind = keyof typeof AUTHORIZE_ERRORS;
