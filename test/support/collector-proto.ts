import protobuf from 'protobufjs'

/** The collector's schema, for a library that is not ours to write messages with. */
const { root } = protobuf.parse(`
  syntax = "proto2";
  enum Environment {
    PRODUCTION = 0; GENERAL_AVAILABILITY = 1; RELEASE_TO_MARKETING = 2; RELEASE_CANDIDATE = 3;
    BETA = 4; ALPHA = 5; WEEKLY = 6; NIGHTLY = 7; STAGING = 8; QUALITY_ASSURANCE = 9; TESTING = 10;
    DEVELOPMENT = 11;
  }
  message Parameter { required string name = 1; required string value = 2; }
  message Payload {
    required uint64 at = 1; required string event = 2; required uint32 nr = 3;
    optional string timezone = 4; optional string tenant_id = 5; optional string user_id = 6;
    optional string ip = 7; optional string country = 8; repeated Parameter parameters = 9;
  }
  message Collection {
    required string device_id = 1; required string client_id = 2; required string session = 3;
    required string system_version = 4; required string product_version = 5;
    required Environment env = 6; optional string device_make = 7; optional string device_model = 8;
    optional string system = 9; optional string system_language = 10; optional string browser = 11;
    optional string browser_version = 12; optional string product_git_hash = 13;
    optional string product_language = 14; repeated Payload payloads = 15;
    optional string from_the_future = 99;
  }`)

/** A collection in protobuf; nothing is checked, so that wrong ones can be made. */
export function encodeCollection(content: object): Uint8Array {
  const type = root.lookupType('Collection')
  return type.encode(type.fromObject(content)).finish()
}
