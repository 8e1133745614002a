import type { FieldName } from './field-name.ts'

/**
 * What loggers call the fields of a record, best first: of two names in one line the first is the
 * field and the other an attribute. Names within objects are joined by dots, so that `log.level` is
 * both a name of ECS and the `level` of an object `log`. Names of the Elastic Common Schema, of
 * OpenTelemetry's semantic conventions, and of the usual loggers' own defaults.
 */
const NAMES: Readonly<Partial<Record<FieldName, string>>> = {
  time: '@timestamp timestamp time ts t datetime date eventTime event_time asctime @t created_at Timestamp TimeStamp time_iso8601 time_local start_time StartUTC StartLocal _time',
  level:
    'log.level level severity lvl loglevel log_level levelname severityText severity_text @l level_name levelName Level LEVEL priority_name @fields.lvl @fields.level',
  message:
    'message msg @message short_message text @m body Message MESSAGE log event.original @fields.msg @mt',
  service:
    'service.name service service_name serviceName app application app_name appname application_name @app program SYSLOG_IDENTIFIER resource.service.name dd.service facility name',
  host: 'host.hostname host.name hostname host_name server HOSTNAME node_name _HOSTNAME host nodename beat.hostname host',
  http_host:
    'url.domain http_host http.request.header.host http.host httpHost request_host requestHost vhost virtual_host req.headers.host request.headers.host req.host request.host ClientRequestHost RequestHost authority :authority cs-host',
  logger:
    'log.logger logger logger_name loggerName LoggerName channel category SourceContext component caller module @logger_name',
  method:
    'http.request.method http_method request_method method verb req.method request.method httpRequest.requestMethod RequestMethod cs-method http.method @fields.request_method ClientRequestMethod @request_method',
  url: 'url.original url.full http.url http_url url request_uri uri req.url request.uri request.url httpRequest.requestUrl RequestPath http.target request_path ClientRequestURI path http_path request.path @request_path',
  path: 'url.path http.route',
  request: 'request request_line @fields.request',
  status:
    'http.response.status_code http.status_code status_code http_status status statusCode responseStatus response_status res.statusCode res.status httpRequest.status response.status DownstreamStatus OriginStatus EdgeResponseStatus sc-status response_code code',
  bytes:
    'http.response.body.bytes http.response.bytes body_bytes_sent bytes_sent response_size response_bytes size bytes httpRequest.responseSize DownstreamContentSize contentLength EdgeResponseBytes',
  duration_ms:
    'duration_ms durationMs elapsed_ms elapsedMs latency_ms response_time_ms responseTime responseTimeMs took_ms took_millis time_ms request_time_ms duration elapsed response_time took',
  duration_s: 'duration_s request_time elapsed_s latency_s duration_seconds',
  duration_us: 'duration_us elapsed_us latency_us',
  duration_ns: 'event.duration duration_ns Duration latency_ns',
  client_ip:
    'client.ip source.ip client_ip clientip clientIp remote_addr remoteAddr remote_ip remoteIp ip remoteAddress req.remoteAddress request.remote_ip httpRequest.remoteIp ClientHost ClientIP client_addr sourceIPAddress http.client_ip src_ip client',
  user_id:
    'user.id user_id userId uid enduser.id usr.id user.name user username remote_user account_id',
  session: 'session.id session_id sessionId session sid',
  request_id:
    'http.request.id request_id requestId req_id reqId req.id request.id trace.id trace_id traceId correlation_id correlationId x_request_id X-Request-Id uuid requestID RayID',
  user_agent:
    'user_agent.original user_agent userAgent http_user_agent useragent agent http.user_agent httpRequest.userAgent req.headers.user-agent request_User-Agent request.headers.user-agent ClientRequestUserAgent',
  event: 'event.action event event_name eventName action event_type eventType @event',
}

/** A field and how good the name is for it: 0 is the best. */
export interface KnownName {
  readonly field: FieldName
  readonly rank: number
}

function table(): ReadonlyMap<string, KnownName> {
  const known = new Map<string, KnownName>()
  for (const [field, names] of Object.entries(NAMES) as [FieldName, string][]) {
    for (const [rank, name] of names.split(' ').entries()) {
      if (!known.has(name)) known.set(name, { field, rank })
    }
  }
  return known
}

export const KNOWN_NAMES: ReadonlyMap<string, KnownName> = table()
