import type { IncomingHttpHeaders } from 'node:http'
import type { Seen } from './plan.ts'

/** How a service speaks, as far as a proxy must know it to lie well. */
export interface Service {
  readonly answerOf: (method: string, url: URL) => Seen['answer']
  /** Whether the service is told a checksum of the body. */
  readonly isChecked: (headers: IncomingHttpHeaders, url: URL) => boolean
  /** The body of an error, as the service itself words it. */
  readonly errorBody: (status: 429 | 500 | 503) => { readonly type: string; readonly text: string }
}

export type StoreName = 's3' | 'azure' | 'gcs'
export type ServiceName = StoreName | 'sqs' | 'sns' | 'azure-queue' | 'api'

const S3_CODES = { 429: 'TooManyRequests', 500: 'InternalError', 503: 'SlowDown' } as const
const AZURE_CODES = { 429: 'TooManyRequests', 500: 'InternalError', 503: 'ServerBusy' } as const
const QUEUE_CODES = {
  429: 'ThrottlingException',
  500: 'InternalFailure',
  503: 'ServiceUnavailable',
} as const
const GCS_REASONS = {
  429: 'rateLimitExceeded',
  500: 'internalError',
  503: 'backendError',
} as const

/** What is harmed on its way to a queue has a wrong signature, which TLS would have told. */
const QUEUE: Pick<Service, 'isChecked' | 'answerOf'> = {
  isChecked: () => false,
  answerOf: () => 'other',
}

export const SERVICES: Readonly<Record<ServiceName, Service>> = {
  s3: {
    isChecked: headers =>
      /^[0-9a-f]{64}$/.test(String(headers['x-amz-content-sha256'])) ||
      Object.keys(headers).some(name => /^(x-amz-checksum-|x-amz-trailer|content-md5)/.test(name)),
    answerOf: (method, { pathname, searchParams }) => {
      if (method !== 'GET') return 'other'
      if (searchParams.has('list-type') || searchParams.has('uploadId')) return 'listing'
      return /^\/[^/]+\/./.test(pathname) ? 'content' : 'other'
    },
    errorBody: status => ({
      type: 'application/xml',
      text: `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${S3_CODES[status]}</Code><Message>Please try again</Message></Error>`,
    }),
  },
  azure: {
    isChecked: headers => 'content-md5' in headers || 'x-ms-content-crc64' in headers,
    answerOf: (method, { searchParams }) => {
      if (method !== 'GET') return 'other'
      if (['list', 'blocklist'].includes(searchParams.get('comp') ?? '')) return 'listing'
      return searchParams.has('comp') || searchParams.has('restype') ? 'other' : 'content'
    },
    errorBody: status => ({
      type: 'application/xml',
      text: `<?xml version="1.0" encoding="utf-8"?><Error><Code>${AZURE_CODES[status]}</Code><Message>Please try again</Message></Error>`,
    }),
  },
  sqs: {
    ...QUEUE,
    errorBody: status => ({
      type: 'application/x-amz-json-1.0',
      text: `{"__type":"com.amazonaws.sqs#${QUEUE_CODES[status]}","message":"Please try again"}`,
    }),
  },
  sns: {
    ...QUEUE,
    errorBody: status => ({
      type: 'text/xml',
      text: `<ErrorResponse><Error><Type>Receiver</Type><Code>${QUEUE_CODES[status]}</Code><Message>Please try again</Message></Error></ErrorResponse>`,
    }),
  },
  'azure-queue': {
    ...QUEUE,
    errorBody: status => ({
      type: 'application/xml',
      text: `<?xml version="1.0" encoding="utf-8"?><Error><Code>${AZURE_CODES[status]}</Code><Message>Please try again</Message></Error>`,
    }),
  },
  /** Pages of JSON: nothing vouches for their bytes, and any may end too early. */
  api: {
    isChecked: () => false,
    answerOf: method => (method === 'GET' ? 'listing' : 'other'),
    errorBody: status => ({ type: 'text/html', text: `<html><h1>${status}</h1></html>` }),
  },
  gcs: {
    isChecked: (headers, { pathname }) =>
      'x-goog-hash' in headers || pathname.startsWith('/upload/'),
    answerOf: (method, { pathname, searchParams }) => {
      if (method !== 'GET') return 'other'
      if (/\/(o|b)\/?$/.test(pathname) || searchParams.has('uploadId')) return 'listing'
      // By the JSON API or by the XML API, whose paths are those of the objects.
      const isContent = searchParams.get('alt') === 'media' || !pathname.startsWith('/storage/v1/')
      return isContent ? 'content' : 'other'
    },
    errorBody: status => ({
      type: 'application/json',
      text: JSON.stringify({
        error: {
          code: status,
          message: 'Please try again',
          errors: [{ message: 'Please try again', domain: 'global', reason: GCS_REASONS[status] }],
        },
      }),
    }),
  },
}
