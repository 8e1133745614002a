import type { LogFormat } from './format.ts'
import { apacheError } from './formats/apache-error.ts'
import { auditd } from './formats/auditd.ts'
import { awsCloudfront } from './formats/aws-cloudfront.ts'
import { awsAlb, awsElb } from './formats/aws-elb.ts'
import { awsS3Access } from './formats/aws-s3-access.ts'
import { awsVpcFlow } from './formats/aws-vpc-flow.ts'
import { bind } from './formats/bind.ts'
import { dockerCompose } from './formats/docker-compose.ts'
import { dotnetConsole, log4net, nlog, serilog } from './formats/dotnet.ts'
import {
  elasticsearch,
  elasticsearchAudit,
  elasticsearchSlowlog,
  logstashPlain,
} from './formats/elastic.ts'
import { endlessh } from './formats/endlessh.ts'
import { envoy } from './formats/envoy.ts'
import { etcd } from './formats/etcd.ts'
import { exim } from './formats/exim.ts'
import { proftpd, rsync, vsftpd, xferlog } from './formats/file-transfer.ts'
import { freeswitch } from './formats/freeswitch.ts'
import { timeAndLevel } from './formats/generic.ts'
import { gin, goLog, hclog, logrusTerminal, zapConsole, zerologConsole } from './formats/go.ts'
import { haproxyConnect, haproxyHttp, haproxyTcp } from './formats/haproxy.ts'
import { herokuLogplex, herokuRouter } from './formats/heroku.ts'
import { icinga } from './formats/icinga.ts'
import { httpErr, iis } from './formats/iis.ts'
import { javaUtilLogging, tomcat } from './formats/java-util-logging.ts'
import { jetty } from './formats/jetty.ts'
import { joplin } from './formats/joplin.ts'
import { journaldExport } from './formats/journald-export.ts'
import { jvmGcLegacy, jvmGcUnified } from './formats/jvm-gc.ts'
import { kafka } from './formats/kafka.ts'
import { klog, kubernetesCri } from './formats/kubernetes.ts'
import { litespeed } from './formats/litespeed.ts'
import { log4j } from './formats/log4j.ts'
import { mongodbText } from './formats/mongodb-text.ts'
import { mssqlErrorlog } from './formats/mssql-errorlog.ts'
import { mysqlError, mysqlGeneral, mysqlSlow } from './formats/mysql.ts'
import { nginxError } from './formats/nginx-error.ts'
import { pgbouncer } from './formats/pgbouncer.ts'
import { monolog, phpError, phpFpm } from './formats/php.ts'
import { pm2 } from './formats/pm2.ts'
import { postgresqlCsv } from './formats/postgresql-csv.ts'
import { postgresql, postgresqlSyslog } from './formats/postgresql.ts'
import { pterodactyl } from './formats/pterodactyl.ts'
import { celery, loguru, pythonLogging } from './formats/python-logging.ts'
import { developmentServers, gunicorn, uvicorn } from './formats/python-servers.ts'
import { qbittorrent } from './formats/qbittorrent.ts'
import { rabbitmq } from './formats/rabbitmq.ts'
import { rabbitmqReport } from './formats/rabbitmq-report.ts'
import { rails, railsTwo } from './formats/rails.ts'
import { redis } from './formats/redis.ts'
import { rubyLogger, sidekiq } from './formats/ruby.ts'
import { rust } from './formats/rust.ts'
import { cef, leef } from './formats/security-events.ts'
import { spark } from './formats/spark.ts'
import { springBoot } from './formats/spring-boot.ts'
import { squid } from './formats/squid.ts'
import { strace } from './formats/strace.ts'
import { sympa } from './formats/sympa.ts'
import { syslogIso8601 } from './formats/syslog-iso8601.ts'
import { syslogRfc3164, syslogUntagged } from './formats/syslog-rfc3164.ts'
import { syslogRfc5424 } from './formats/syslog-rfc5424.ts'
import { traefikClf } from './formats/traefik-clf.ts'
import { twisted } from './formats/twisted.ts'
import { uwsgi } from './formats/uwsgi.ts'
import { vmware } from './formats/vmware.ts'
import { webmin } from './formats/webmin.ts'
import { windowsEventXml } from './formats/windows-event-xml.ts'
import { zoneminder } from './formats/zoneminder.ts'
import { ACCESS_FORMATS } from './member-registry.ts'
import type { HeaderFormat } from './headers/header-format.ts'
import { separated } from './headers/separated.ts'
import { vpcFlow } from './headers/vpc-flow.ts'
import { w3c } from './headers/w3c.ts'
import { zeek } from './headers/zeek.ts'

/**
 * All formats whose lines are told by themselves, the surest first; of two that claim a line, the first
 * has it.
 */
export const FORMATS: readonly LogFormat[] = [
  // Around other lines.
  kubernetesCri,
  syslogRfc5424,
  syslogRfc3164,
  herokuLogplex,

  // Web servers and balancers.
  nginxError,
  apacheError,
  haproxyHttp,
  haproxyTcp,
  haproxyConnect,
  herokuRouter,
  envoy,
  traefikClf,
  developmentServers,
  ...ACCESS_FORMATS,
  awsElb,
  awsAlb,
  awsS3Access,
  awsCloudfront,
  iis,
  litespeed,

  // Databases and queues.
  redis,
  mongodbText,
  postgresql,
  postgresqlCsv,
  pgbouncer,
  mysqlError,
  mysqlGeneral,
  mysqlSlow,
  mssqlErrorlog,
  rabbitmq,
  rabbitmqReport,
  logstashPlain,
  elasticsearchSlowlog,
  elasticsearch,
  elasticsearchAudit,
  kafka,

  // Frameworks and loggers.
  klog,
  springBoot,
  spark,
  jetty,
  javaUtilLogging,
  loguru,
  celery,
  twisted,
  uvicorn,
  gunicorn,
  rubyLogger,
  sidekiq,
  rails,
  railsTwo,
  zapConsole,
  logrusTerminal,
  gin,
  hclog,
  zerologConsole,
  serilog,
  dotnetConsole,
  nlog,
  monolog,
  phpError,
  phpFpm,
  rust,
  etcd,

  // Systems and appliances.
  journaldExport,
  windowsEventXml,
  auditd,
  cef,
  leef,
  icinga,
  freeswitch,
  vmware,
  vsftpd,
  xferlog,
  proftpd,
  bind,
  uwsgi,
  squid,
  strace,
  webmin,
  zoneminder,
  qbittorrent,
  pterodactyl,
  endlessh,
  jvmGcUnified,

  // Likely.
  awsVpcFlow,
  syslogIso8601,
  syslogUntagged,
  dockerCompose,
  pm2,
  httpErr,
  sympa,
  joplin,
  tomcat,
  postgresqlSyslog,
  log4j,
  log4net,
  pythonLogging,
  jvmGcLegacy,
  exim,
  rsync,

  // Generic.
  goLog,
  timeAndLevel,
]

/** Formats whose lines are explained by others in front of them. */
export const HEADER_FORMATS: readonly HeaderFormat[] = [w3c, zeek, vpcFlow, separated]
