import { accessFormats } from './access/access-log.ts'
import type { LogFormat } from './format.ts'
import { ACCESS_LOGS } from './formats/access.ts'
import { aspnetJson } from './formats/aspnet-json.ts'
import { awsCloudtrail } from './formats/aws-cloudtrail.ts'
import { awsCloudwatchEvent, awsCloudwatchSubscription } from './formats/aws-cloudwatch.ts'
import { awsLambda } from './formats/aws-lambda.ts'
import { azureDiagnostics } from './formats/azure-diagnostics.ts'
import { beats, vector } from './formats/beats.ts'
import { bunyan } from './formats/bunyan.ts'
import { caddyAccess, caddyServer } from './formats/caddy.ts'
import { cloudflare } from './formats/cloudflare.ts'
import { datadogArchive, datadogIntake } from './formats/datadog.ts'
import { dockerJsonFile } from './formats/docker-json-file.ts'
import { ecs } from './formats/ecs.ts'
import {
  elasticsearchAuditJson,
  elasticsearchDeprecationJson,
  elasticsearchServerJson,
  elasticsearchSlowlogJson,
} from './formats/elasticsearch-json.ts'
import { envoyJson } from './formats/envoy-json.ts'
import { gelf } from './formats/gelf.ts'
import { gitlab } from './formats/gitlab.ts'
import { goKit, grafana } from './formats/go-kit.ts'
import { googleCloud, googleCloudStructured } from './formats/google-cloud.ts'
import { haproxyJson } from './formats/haproxy-json.ts'
import { hclog, vaultAudit } from './formats/hashicorp.ts'
import { journaldJson } from './formats/journald-json.ts'
import { json } from './formats/json.ts'
import { kibanaJson } from './formats/kibana-json.ts'
import { klogJson, kubernetesAudit, kubernetesFluent } from './formats/kubernetes-json.ts'
import { log4j2Json, logstashServerJson } from './formats/log4j2-json.ts'
import { logbackJson } from './formats/logback-json.ts'
import { logfmt } from './formats/logfmt.ts'
import { logrusJson, logrusText } from './formats/logrus.ts'
import { logstash } from './formats/logstash.ts'
import { mongodbJson } from './formats/mongodb-json.ts'
import { monologJson } from './formats/monolog-json.ts'
import { nextcloud } from './formats/nextcloud.ts'
import { nginxJson } from './formats/nginx-json.ts'
import { osquery } from './formats/osquery.ts'
import { otlp } from './formats/otlp.ts'
import { pino } from './formats/pino.ts'
import { play } from './formats/play.ts'
import { postgresqlJson } from './formats/postgresql-json.ts'
import { loguru, pythonJson, structlog } from './formats/python-json.ts'
import { rabbitmqJson } from './formats/rabbitmq-json.ts'
import { lograge, logragePairs } from './formats/rails-lograge.ts'
import { onelinejson } from './formats/rails-onelinejson.ts'
import { railsSemanticLogger } from './formats/rails-semantic-logger.ts'
import { serilogCompact, serilogJson } from './formats/serilog.ts'
import { slogJson, slogText } from './formats/slog.ts'
import { suricataEve } from './formats/suricata-eve.ts'
import { teleport } from './formats/teleport.ts'
import { traefikJson } from './formats/traefik-json.ts'
import { winston } from './formats/winston.ts'
import { zap } from './formats/zap.ts'
import { zerolog } from './formats/zerolog.ts'
import type { MemberFormat } from './members/member-format.ts'

/**
 * Formats whose lines are JSON objects, the surest first; of two that know a line, the first has it. Those that
 * hold other lines go before, then products, then loggers that anybody may use.
 */
export const JSON_FORMATS: readonly MemberFormat[] = [
  dockerJsonFile,
  journaldJson,
  kubernetesFluent,
  awsCloudwatchSubscription,
  awsCloudwatchEvent,
  vector,
  datadogIntake,
  datadogArchive,
  googleCloud,
  beats,

  awsCloudtrail,
  awsLambda,
  azureDiagnostics,
  cloudflare,
  otlp,
  suricataEve,
  teleport,
  osquery,
  kubernetesAudit,
  vaultAudit,
  mongodbJson,
  postgresqlJson,
  elasticsearchAuditJson,
  elasticsearchSlowlogJson,
  elasticsearchDeprecationJson,
  elasticsearchServerJson,
  kibanaJson,
  logstashServerJson,
  gitlab,
  nextcloud,
  caddyAccess,
  caddyServer,
  traefikJson,
  envoyJson,
  nginxJson,
  haproxyJson,
  rabbitmqJson,
  onelinejson,
  lograge,
  railsSemanticLogger,

  bunyan,
  pino,
  gelf,
  ecs,
  logstash,
  serilogCompact,
  serilogJson,
  aspnetJson,
  googleCloudStructured,
  hclog,
  logbackJson,
  log4j2Json,
  play,
  pythonJson,
  structlog,
  loguru,
  monologJson,
  klogJson,
  logrusJson,
  slogJson,
  zap,

  zerolog,
  winston,

  json,
]

/** Formats whose lines are pairs (`name=value`), in the same order. */
export const PAIR_FORMATS: readonly MemberFormat[] = [
  logragePairs,
  logrusText,
  slogText,
  grafana,
  goKit,

  logfmt,
]

/** Access logs. */
export const ACCESS_FORMATS: readonly LogFormat[] = accessFormats(ACCESS_LOGS)
