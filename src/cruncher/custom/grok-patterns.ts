/**
 * The names that grok patterns are made of, after their documentation: what each stands for is written
 * anew, so that it runs in linear time. A name may use those of other rows; `%{NAME:field}` names what it found.
 */
const PATTERNS = String.raw`
USERNAME         [\w.-]+
USER             %{USERNAME}
EMAILLOCALPART   [\w!#$%&'*+/=?^.{|}~-]+
EMAILADDRESS     %{EMAILLOCALPART}@%{HOSTNAME}
INT              [+-]?\d+
BASE10NUM        [+-]?(?:\d+(?:\.\d*)?|\.\d+)
NUMBER           %{BASE10NUM}
BASE16NUM        [+-]?(?:0x)?[\da-fA-F]+
BASE16FLOAT      [+-]?(?:0x)?(?:[\da-fA-F]+(?:\.[\da-fA-F]*)?|\.[\da-fA-F]+)
POSINT           \b[1-9]\d*\b
NONNEGINT        \b\d+\b
WORD             \b\w+\b
NOTSPACE         \S+
SPACE            \s*
DATA             .*?
GREEDYDATA       .*
QUOTEDSTRING     (?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
QS               %{QUOTEDSTRING}
UUID             [\da-fA-F]{8}-(?:[\da-fA-F]{4}-){3}[\da-fA-F]{12}
URN              urn:[\da-zA-Z][\da-zA-Z-]*:\S+
CISCOMAC         (?:[\da-fA-F]{4}\.){2}[\da-fA-F]{4}
WINDOWSMAC       (?:[\da-fA-F]{2}-){5}[\da-fA-F]{2}
COMMONMAC        (?:[\da-fA-F]{2}:){5}[\da-fA-F]{2}
MAC              (?:%{CISCOMAC}|%{WINDOWSMAC}|%{COMMONMAC})
IPV4             \b(?:\d{1,3}\.){3}\d{1,3}\b
IPV6             (?:[\da-fA-F]+:[\da-fA-F:]*|:)(?::[\da-fA-F:]*|[\da-fA-F]+)(?:\.\d{1,3}){0,3}(?:%\w+)?
IP               (?:%{IPV4}|%{IPV6})
HOSTNAME         \b[\da-zA-Z_][\w-]*(?:\.[\da-zA-Z_][\w-]*)*\.?
HOST             %{HOSTNAME}
IPORHOST         (?:%{IPV4}|%{HOSTNAME}|%{IPV6})
HOSTPORT         %{IPORHOST}:%{POSINT}
UNIXPATH         (?:/[\w%!$@:.,+~*-]*)+
WINPATH          (?:[a-zA-Z]:|\\)(?:\\[^\\?*\s]*)+
PATH             (?:%{UNIXPATH}|%{WINPATH})
TTY              /dev/(?:pts|tty\w*)(?:/\w+)?
URIPROTO         [a-zA-Z](?:[\da-zA-Z+.-])*
URIHOST          %{IPORHOST}(?::%{POSINT:port})?
URIPATH          (?:/[\w$.+!*'(){},~:;=@#%&|-]*)+
URIQUERY         [\w$.+!*'|(){},~@#%&/=:;?<>\[\]-]*
URIPARAM         \?%{URIQUERY}
URIPATHPARAM     %{URIPATH}(?:%{URIPARAM})?
URI              %{URIPROTO}://(?:[^@\s/]+@)?(?:%{IPORHOST}(?::\d+)?)?(?:%{URIPATHPARAM})?
MONTH            \b(?:[Jj]an(?:uary)?|[Ff]eb(?:ruary)?|[Mm]ar(?:ch)?|[Aa]pr(?:il)?|[Mm]ay|[Jj]une?|[Jj]uly?|[Aa]ug(?:ust)?|[Ss]ep(?:tember)?|[Oo]ct(?:ober)?|[Nn]ov(?:ember)?|[Dd]ec(?:ember)?)\b
MONTHNUM         (?:0?[1-9]|1[0-2])
MONTHNUM2        (?:0[1-9]|1[0-2])
MONTHDAY         (?:0[1-9]|[12]\d|3[01]|[1-9])
DAY              (?:[Mm]on(?:day)?|[Tt]ue(?:sday)?|[Ww]ed(?:nesday)?|[Tt]hu(?:rsday)?|[Ff]ri(?:day)?|[Ss]at(?:urday)?|[Ss]un(?:day)?)
YEAR             \d\d(?:\d\d)?
HOUR             (?:2[0-3]|[01]?\d)
MINUTE           [0-5]\d
SECOND           (?:[0-5]?\d|60)(?:[:.,]\d+)?
TIME             %{HOUR}:%{MINUTE}(?::%{SECOND})?
DATE_US          %{MONTHNUM}[/-]%{MONTHDAY}[/-]%{YEAR}
DATE_EU          %{MONTHDAY}[./-]%{MONTHNUM}[./-]%{YEAR}
DATE             (?:%{DATE_US}|%{DATE_EU})
DATESTAMP        %{DATE}[- ]%{TIME}
TZ               (?:[A-Z]{3,4}|UTC)
ISO8601_TIMEZONE (?:Z|[+-]%{HOUR}(?::?%{MINUTE})?)
ISO8601_SECOND   %{SECOND}
ISO8601_HOUR     %{HOUR}
TIMESTAMP_ISO8601 %{YEAR}-%{MONTHNUM}-%{MONTHDAY}[T ]%{HOUR}:?%{MINUTE}(?::?%{SECOND})?%{ISO8601_TIMEZONE}?
DATESTAMP_RFC822 %{DAY} %{MONTH} %{MONTHDAY} %{YEAR} %{TIME} %{TZ}
DATESTAMP_RFC2822 %{DAY}, %{MONTHDAY} %{MONTH} %{YEAR} %{TIME} %{ISO8601_TIMEZONE}
DATESTAMP_OTHER  %{DAY} %{MONTH} %{MONTHDAY} %{TIME} %{TZ} %{YEAR}
DATESTAMP_EVENTLOG \d{4}%{MONTHNUM2}\d\d\d{6}
HTTPDERROR_DATE  %{DAY} %{MONTH} %{MONTHDAY} %{TIME} %{YEAR}
HTTPDATE         %{MONTHDAY}/%{MONTH}/%{YEAR}:%{TIME} %{INT}
SYSLOGTIMESTAMP  %{MONTH} +%{MONTHDAY} %{TIME}
PROG             [!-Z\\^-~]+
SYSLOGPROG       %{PROG:service}(?:\[%{POSINT:pid:int}\])?
SYSLOGHOST       %{IPORHOST}
SYSLOGFACILITY   <%{NONNEGINT:facility:int}\.%{NONNEGINT:priority:int}>
SYSLOGBASE       %{SYSLOGTIMESTAMP:time} (?:%{SYSLOGFACILITY} )?%{SYSLOGHOST:host} %{SYSLOGPROG}:
LOGLEVEL         (?:[Tt]race|TRACE|[Dd]ebug|DEBUG|[Nn]otice|NOTICE|[Ii]nfo(?:rmation)?|INFO(?:RMATION)?|[Ww]arn(?:ing)?|WARN(?:ING)?|[Ee]rr(?:or)?|ERR(?:OR)?|[Cc]rit(?:ical)?|CRIT(?:ICAL)?|[Ff]atal|FATAL|[Ss]evere|SEVERE|[Aa]lert|ALERT|EMERG(?:ENCY)?|[Ee]merg(?:ency)?)
JAVACLASS        (?:[a-zA-Z$_][\w$]*\.)*[a-zA-Z$_][\w$]*
JAVAFILE         [\w. $-]+
JAVAMETHOD       (?:<(?:cl)?init>|[a-zA-Z$_][\w$]*)
HTTPDUSER        (?:%{EMAILADDRESS}|%{USER})
HTTPD_COMMONLOG  %{IPORHOST:client_ip} (?:-|%{HTTPDUSER:ident}) (?:-|%{HTTPDUSER:user_id}) \[%{HTTPDATE:time}\] "(?:%{WORD:method} %{NOTSPACE:url}(?: HTTP/%{NUMBER:http_version})?|%{DATA:request})" %{INT:status} (?:-|%{INT:bytes})
HTTPD_COMBINEDLOG %{HTTPD_COMMONLOG} "(?:-|%{DATA:referrer})" "(?:-|%{DATA:user_agent})"
COMMONAPACHELOG  %{HTTPD_COMMONLOG}
COMBINEDAPACHELOG %{HTTPD_COMBINEDLOG}
`

export const GROK_PATTERNS: ReadonlyMap<string, string> = new Map(
  PATTERNS.trim()
    .split('\n')
    .map(row => {
      const space = row.indexOf(' ')
      return [row.slice(0, space), row.slice(space).trim()]
    }),
)
