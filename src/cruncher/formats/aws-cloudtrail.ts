import { SURE } from '../format.ts'
import type { MemberFormat } from '../members/member-format.ts'

/** One record a line, as subscriptions and Athena have them; who calls may be a service instead of an address. */
export const awsCloudtrail: MemberFormat = {
  name: 'aws-cloudtrail',
  title: 'AWS CloudTrail',
  sureness: SURE,
  has: ['eventVersion', 'eventTime', 'eventSource', 'eventName'],
  fields: {
    eventTime: 'time',
    eventSource: 'service',
    eventName: 'event',
    eventType: 'attribute',
    sourceIPAddress: 'client_ip',
    userAgent: 'user_agent',
    requestID: 'request_id',
    'userIdentity.userName': 'user_id',
    'userIdentity.arn': 'user_id',
    'userIdentity.principalId': 'user_id',
    errorMessage: 'message',
  },
  samples: [
    {
      line: '{"eventVersion":"1.08","userIdentity":{"type":"IAMUser","principalId":"AIDAEXAMPLE","arn":"arn:aws:iam::111122223333:user/ann","accountId":"111122223333","userName":"ann"},"eventTime":"2024-03-05T08:15:30Z","eventSource":"s3.amazonaws.com","eventName":"DeleteBucket","awsRegion":"eu-west-1","sourceIPAddress":"203.0.113.4","userAgent":"aws-cli/2.15","errorCode":"AccessDenied","errorMessage":"Access Denied","requestParameters":null,"requestID":"R17","eventID":"E17","eventType":"AwsApiCall"}',
      expected: {
        time: '2024-03-05T08:15:30Z',
        offset: 0,
        service: 's3.amazonaws.com',
        event: 'DeleteBucket',
        client_ip: '203.0.113.4',
        user_agent: 'aws-cli/2.15',
        user_id: 'ann',
        request_id: 'R17',
        message: 'Access Denied',
        awsRegion: 'eu-west-1',
        'userIdentity.type': 'IAMUser',
        requestParameters: null,
      },
    },
  ],
}
