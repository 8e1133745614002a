/** Lines that hold many records, as collectors and subscriptions write them. */

interface OtlpScope {
  readonly scope: string
  readonly messages: readonly string[]
}

/** An export of a service: records by scope; a second has passed between two of them. */
export function otlpLine(
  service: string,
  scopes: readonly OtlpScope[],
  startMs = 1_772_359_200_000,
) {
  let atMs = startMs
  return JSON.stringify({
    resourceLogs: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: service } }] },
        scopeLogs: scopes.map(({ scope, messages }) => ({
          scope: { name: scope },
          logRecords: messages.map(message => ({
            timeUnixNano: `${(atMs += 1_000)}000000`,
            severityNumber: 9,
            body: { stringValue: message },
            attributes: [{ key: 'user.id', value: { stringValue: `u${atMs % 7}` } }],
          })),
        })),
      },
    ],
  })
}

/** What a subscription sends of a group of logs; each message is a line of its own. */
export function subscriptionLine(group: string, messages: readonly string[]): string {
  return JSON.stringify({
    messageType: 'DATA_MESSAGE',
    owner: '111122223333',
    logGroup: group,
    logStream: 'web/3',
    subscriptionFilters: ['all'],
    logEvents: messages.map((message, at) => ({
      id: String(at),
      timestamp: 1_772_359_200_000 + at,
      message,
    })),
  })
}
