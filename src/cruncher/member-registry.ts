import { accessFormats } from './access/access-log.ts'
import type { LogFormat } from './format.ts'
import { ACCESS_LOGS } from './formats/access.ts'
import { bunyan } from './formats/bunyan.ts'
import { dockerJsonFile } from './formats/docker-json-file.ts'
import { ecs } from './formats/ecs.ts'
import { gelf } from './formats/gelf.ts'
import { json } from './formats/json.ts'
import { logfmt } from './formats/logfmt.ts'
import { logrusJson, logrusText } from './formats/logrus.ts'
import { logstash } from './formats/logstash.ts'
import { pino } from './formats/pino.ts'
import { slogJson, slogText } from './formats/slog.ts'
import { winston } from './formats/winston.ts'
import { zap } from './formats/zap.ts'
import { zerolog } from './formats/zerolog.ts'
import type { MemberFormat } from './members/member-format.ts'

/** Formats whose lines are JSON objects, the surest first; of two that know a line, the first has it. */
export const JSON_FORMATS: readonly MemberFormat[] = [
  dockerJsonFile,
  bunyan,
  pino,
  gelf,
  ecs,
  logstash,
  logrusJson,
  slogJson,
  zap,

  zerolog,
  winston,

  json,
]

/** Formats whose lines are pairs (`name=value`), in the same order. */
export const PAIR_FORMATS: readonly MemberFormat[] = [logrusText, slogText, logfmt]

export const ACCESS_FORMATS: readonly LogFormat[] = accessFormats(ACCESS_LOGS)
