/** For credentials that must be fetched: a user's, the metadata server's, another identity's. */
export { GoogleAuth } from 'google-auth-library'
