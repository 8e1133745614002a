import { FerryError } from '../core/errors.ts'
import { maskUrl } from '../core/mask-url.ts'

/** Where messages go. */
export type QueueUrl =
  | {
      readonly scheme: 'sqs'
      /** Ends in `.fifo` where the queue keeps the order of a group. */
      readonly queue: string
      /** The service's own name for the queue, and its region, where the URL has them. */
      readonly url?: string
      readonly region?: string
    }
  | {
      readonly scheme: 'sns'
      readonly topic: string
      readonly arn: string
      readonly region: string
    }
  | {
      readonly scheme: 'azqueue'
      readonly queue: string
      readonly account?: string
      readonly endpoint?: string
      /** A shared access signature that the URL carries. Secret; never printed. */
      readonly sas?: string
    }

const SCHEME = /^(sqs|sns|azqueue):/
const SQS_URL = /^https:\/\/sqs(?:-fips)?\.([a-z0-9-]+)\.[a-z.]+\/\d{12}\/([^/?#]+)$/
const AZURE_URL = /^https:\/\/([a-z0-9]{3,24})\.queue\.[a-z.]+\/([^/?#]+)\/?(?:\?(.+))?$/
const AMAZON_QUEUE = /^[\w-]{1,80}$|^[\w-]{1,75}\.fifo$/
const AZURE_QUEUE = /^(?=.{3,63}$)[a-z0-9]+(?:-[a-z0-9]+)*$/
const TOPIC = /^arn:aws[a-z-]*:sns:([a-z0-9-]+):\d{12}:([\w-]{1,256}(?:\.fifo)?)$/

/** Whether a text means a queue, and no store. */
export function isQueueUrl(text: string): boolean {
  return SCHEME.test(text) || SQS_URL.test(text) || AZURE_URL.test(text)
}

/**
 * Parses the URL of a queue:
 *
 *     sqs://NAME    or, as AWS shows it, https://sqs.REGION.amazonaws.com/ACCOUNT/NAME
 *     sns://arn:aws:sns:REGION:ACCOUNT:TOPIC
 *     azqueue://NAME    or, as Azure shows it, https://ACCOUNT.queue.core.windows.net/NAME?SAS
 *
 * @throws FerryError USAGE
 */
export function parseQueueUrl(text: string): QueueUrl {
  const [, region = '', name = ''] = SQS_URL.exec(text) ?? []
  if (region !== '') {
    return { scheme: 'sqs', queue: checked(AMAZON_QUEUE, name, SQS_NAMES), url: text, region }
  }
  const [, account = '', queue = '', sas] = AZURE_URL.exec(text) ?? []
  if (account !== '') {
    return {
      scheme: 'azqueue',
      queue: checked(AZURE_QUEUE, queue, AZURE_NAMES),
      account,
      endpoint: new URL(text).origin,
      ...(sas === undefined ? {} : { sas }),
    }
  }
  const [, scheme, rest = ''] = /^(\w+):\/\/(.*?)\/?$/s.exec(text) ?? []
  switch (scheme) {
    case 'sqs':
      return { scheme, queue: checked(AMAZON_QUEUE, rest, SQS_NAMES) }
    case 'azqueue':
      return { scheme, queue: checked(AZURE_QUEUE, rest, AZURE_NAMES) }
    case 'sns': {
      const [, topicRegion = '', topic = ''] = TOPIC.exec(rest) ?? []
      if (topic === '') {
        throw new FerryError('USAGE', `\`${maskUrl(rest)}\` is no ARN of a topic`, {
          hint: 'write sns://arn:aws:sns:REGION:ACCOUNT:TOPIC, as SNS shows it',
        })
      }
      return { scheme, topic, arn: rest, region: topicRegion }
    }
    default:
      throw new FerryError('USAGE', `\`${maskUrl(text)}\` is no URL of a queue`, {
        hint: 'write sqs://NAME, sns://ARN or azqueue://NAME',
      })
  }
}

const SQS_NAMES =
  'a queue of SQS has up to 80 letters, digits, - and _ as its name, and may end in .fifo'
const AZURE_NAMES =
  'a queue of Azure has 3 to 63 lower-case letters, digits and single hyphens as its name'

function checked(pattern: RegExp, name: string, hint: string): string {
  if (pattern.test(name)) return name
  throw new FerryError('USAGE', `\`${maskUrl(name)}\` cannot be the name of a queue`, { hint })
}

/** For messages: holds no secret. */
export function printQueueUrl(url: QueueUrl): string {
  return url.scheme === 'sns' ? `sns://${url.arn}` : `${url.scheme}://${url.queue}`
}
