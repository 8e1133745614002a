/** Codes of commands. @see https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_command_phase.html */
export const COMMAND = {
  quit: 0x01,
  query: 0x03,
  prepare: 0x16,
  execute: 0x17,
  closeStatement: 0x19,
} as const
