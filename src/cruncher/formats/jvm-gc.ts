import { LIKELY, SURE } from '../format.ts'
import { patternFormat } from '../pattern.ts'

const TAGS =
  'gc|safepoint|heap|class|os|startuptime|jit|module|metaspace|cds|init|pagesize|logging|arguments|thread|biasedlocking|nmt|ergo|codecache'

/** JEP 158: time, uptime, process, level and tags, each if it was asked for. */
export const jvmGcUnified = patternFormat({
  name: 'jvm-gc-unified',
  title: 'JVM log of garbage collection (from Java 9)',
  sureness: SURE,
  starts: '[',
  multiline: true,
  pattern: new RegExp(
    String.raw`^(?:\[(?<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d{4})\])?(?:\[(?<uptime>[\d.,]+m?s)\])?(?:\[(?<pid>\d+)\])?(?:\[(?<tid>\d+)\])?(?:\[(?<level>trace|debug|info|warning|error) *\])?\[(?<logger>(?:${TAGS})[a-z,+]*) *\] (?<message>.*?)(?: (?<duration_ms>\d+\.\d+)ms)?$`,
  ),
  numbers: 'pid tid',
  samples: [
    {
      line: '[2024-03-07T09:15:02.647+0000][32376][gc] GC(3) Pause Young (Normal) (G1 Evacuation Pause) 24M->4M(254M) 3.512ms',
      expected: {
        time: '2024-03-07T09:15:02.647Z',
        offset: 0,
        pid: 32376,
        logger: 'gc',
        duration_ms: 3.512,
        message: 'GC(3) Pause Young (Normal) (G1 Evacuation Pause) 24M->4M(254M)',
      },
    },
    {
      line: '[0.012s][info   ][gc,heap,coops] Heap address: 0x00000000c0000000, size: 1024 MB',
      expected: {
        level: 'info',
        logger: 'gc,heap,coops',
        uptime: '0.012s',
        message: 'Heap address: 0x00000000c0000000, size: 1024 MB',
      },
    },
  ],
})

/** `-XX:+PrintGCDetails -XX:+PrintGCDateStamps` up to Java 8. */
export const jvmGcLegacy = patternFormat({
  name: 'jvm-gc-legacy',
  title: 'JVM log of garbage collection (up to Java 8)',
  sureness: LIKELY,
  starts: '0-9OJCM',
  multiline: true,
  pattern: [
    /^(?:(?<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[.,]\d{3}(?:[+-]\d{4}|Z)): )?(?<uptime>\d+\.\d{3}): (?<message>(?:#\d+: )?(?:\[|Total time for which application|Application time: |Starting GC|G1Ergonomics).*)$/,
    // What stands in front of all else.
    /^(?<message>(?:OpenJDK|Java HotSpot\(TM\)) \S+ (?:Server|Client) VM (?:\(|warning: ).*|CommandLine flags: -XX:.*|Memory: \d+k page, .*)$/,
  ],
  numbers: 'uptime',
  samples: [
    {
      line: '2017-03-07T09:15:02.333+0000: 1.234: [GC pause (G1 Evacuation Pause) (young), 0.0107580 secs]',
      expected: {
        time: '2017-03-07T09:15:02.333Z',
        offset: 0,
        uptime: 1.234,
        message: '[GC pause (G1 Evacuation Pause) (young), 0.0107580 secs]',
      },
    },
    {
      line: '81.512: [GC (Allocation Failure)  65536K->9612K(251392K), 0.0089010 secs]',
      expected: {
        uptime: 81.512,
        message: '[GC (Allocation Failure)  65536K->9612K(251392K), 0.0089010 secs]',
      },
    },
  ],
})
