internal import HTTPWire
internal import Messaging

/// The internal API described for machines: OpenAPI 3.1, served at `/openapi.json`.
///
/// The problems are listed from `ProblemKind`, so the description can't fall behind them.
enum OpenAPIDocument {
    static let response = Response(
        status: 200,
        contentType: "application/json",
        fields: [("Cache-Control", "no-cache")],
        body: Array(text.utf8)
    )

    private static let text = """
        {"openapi":"3.1.0",
        "info":{"title":"divar-gateway","version":"1","license":{"name":"Apache-2.0","identifier":"Apache-2.0"},
        "description":"Sends and reads messages in Divar's chat, whatever its versions are."},
        "servers":[{"url":"/"}],
        "security":[{"callerKey":[]},{}],
        "paths":{\(paths),\(userPaths)},
        "components":{"securitySchemes":{"callerKey":{"type":"http","scheme":"bearer",
        "description":"The calling service's own gateway key. Not needed while no callers are configured, \
        nor where a Unix socket's user or a client certificate says who calls."},
        "identificationKey":{"type":"apiKey","in":"header","name":"Authorization",
        "description":"The key that Divar shows with its events."}},
        "parameters":{\(parameters)},
        "headers":{\(headers)},
        "responses":{"Problem":{"description":"Why the call could not be served (RFC 9457)",
        "headers":{"Retry-After":{"$ref":"#/components/headers/RetryAfter"},\(limitHeaders)},
        "content":{"application/problem+json":{"schema":{"$ref":"#/components/schemas/Problem"}}}}},
        "schemas":{\(schemas),\(userSchemas)}}}
        """

    private static let paths = """
        "/send":{"post":{"operationId":"send","summary":"Sends one message",
        "parameters":[{"$ref":"#/components/parameters/AccessToken"},{"$ref":"#/components/parameters/User"},
        {"$ref":"#/components/parameters/IdempotencyKey"},{"$ref":"#/components/parameters/DryRun"},
        {"$ref":"#/components/parameters/Prefer"},
        {"$ref":"#/components/parameters/RequestTimeout"},{"$ref":"#/components/parameters/Traceparent"}],
        "requestBody":{"required":true,
        "content":{"application/json":{"schema":{"$ref":"#/components/schemas/Message"}}}},
        "responses":{"200":{"description":"Divar took the message; with Dry-Run: true, what would have gone to Divar",
        "headers":{"Idempotent-Replay":{"schema":{"const":"true"},
        "description":"true where the outcome is that of an earlier call with the same key"},
        "Idempotency-Expires":{"description":"Until when the key is kept (HTTP date)","schema":{"type":"string"}},
        \(limitHeaders)},
        "content":{"application/json":{"schema":{"oneOf":[{"$ref":"#/components/schemas/Receipt"},
        {"$ref":"#/components/schemas/PlannedSend"}]}}}},
        "202":{"description":"With Prefer: respond-async: the message waits in the queue and is sent when there is room",
        "headers":{\(requestID),"Location":{"description":"Where to ask what became of it, and to take it back",
        "schema":{"type":"string"}},"Preference-Applied":{"schema":{"const":"respond-async"}}},
        "content":{"application/json":{"schema":{"$ref":"#/components/schemas/Accepted"}}},
        "links":{\(messageLinks)}},
        \(DescribedProblems.responses(DescribedProblems.ofSends))}}},
        "/conversations/{id}":{"get":{"operationId":"readConversation","summary":"Reads a conversation",
        "parameters":[{"name":"id","in":"path","required":true,"schema":{"$ref":"#/components/schemas/ConversationID"}},
        {"$ref":"#/components/parameters/AccessToken"},{"$ref":"#/components/parameters/User"},{"$ref":"#/components/parameters/AccessTokenExpires"},
        {"$ref":"#/components/parameters/IfNoneMatch"},
        {"$ref":"#/components/parameters/CacheControl"},{"$ref":"#/components/parameters/RequestTimeout"},
        {"$ref":"#/components/parameters/Traceparent"}],
        "responses":{"200":{"description":"The conversation","headers":{\(readHeaders)},
        "content":{"application/json":{"schema":{"$ref":"#/components/schemas/Conversation"}}}},
        "304":{"description":"The client has it already","headers":{\(readHeaders)}},
        \(DescribedProblems.responses(DescribedProblems.ofReads))}}},
        "/events":{"post":{"operationId":"receiveEvent",
        "summary":"Takes one of Divar's webhooks; there only where it is configured",
        "security":[{"identificationKey":[]}],
        "requestBody":{"required":true,"content":{"application/json":{"schema":{"type":"object"}}}},
        "responses":{"200":{
        "description":"What became stale is dropped, and the event was passed on where that is configured",
        "headers":{\(requestID)},"content":{"application/json":{"schema":{"type":"object"}}}},
        \(DescribedProblems.responses(DescribedProblems.ofEvents))}}},
        "/messages/{id}":{"get":{"operationId":"reportMessage",
        "summary":"What became of a message, for the caller that sent it",
        "parameters":[{"name":"id","in":"path","required":true,"schema":{"type":"string","format":"uuid"}},
        {"$ref":"#/components/parameters/Traceparent"}],
        "responses":{"200":{"description":"The message's outcome; null while it is under way or waits",
        "headers":{\(requestID)},"content":{"application/json":{"schema":{"$ref":"#/components/schemas/Report"}}}},
        \(DescribedProblems.responses(DescribedProblems.ofReports))}},
        "delete":{"operationId":"cancelMessage","summary":"Takes a message back that waits in the queue",
        "parameters":[{"name":"id","in":"path","required":true,"schema":{"type":"string","format":"uuid"}},
        {"$ref":"#/components/parameters/Traceparent"}],
        "responses":{"200":{"description":"It was taken back: not_sent, cancelled",
        "headers":{\(requestID)},"content":{"application/json":{"schema":{"$ref":"#/components/schemas/Report"}}}},
        \(DescribedProblems.responses(DescribedProblems.ofCancels))}}},
        "/upload-token":{"post":{"operationId":"createUploadToken","summary":"Gives the right to upload one file",
        "parameters":[{"$ref":"#/components/parameters/RequestTimeout"},{"$ref":"#/components/parameters/Traceparent"}],
        "requestBody":{"required":false,"content":{"application/json":{"schema":{"type":"object","maxProperties":0}}}},
        "responses":{"200":{"description":"The token, and where to upload",
        "headers":{\(requestID)},"content":{"application/json":{"schema":{"$ref":"#/components/schemas/UploadGrant"}}}},
        \(DescribedProblems.responses(DescribedProblems.ofUploads))}}},
        "/health/live":{"get":{"operationId":"live","summary":"Whether the process answers","security":[],
        "responses":{"200":{"description":"It does","headers":{\(requestID)},
        "content":{"application/json":{"schema":{"type":"object"}}}},
        \(DescribedProblems.responses(DescribedProblems.atTheDoor))}}},
        "/health/ready":{"get":{"operationId":"ready","summary":"Whether calls can be served","security":[],
        "responses":{"200":{"description":"They can",
        "headers":{\(requestID)},"content":{"application/json":{"schema":{"$ref":"#/components/schemas/Readiness"}}}},
        "503":{"description":"They can't; the checks say why. A problem where the gateway is full",
        "headers":{\(requestID)},"content":{"application/json":{"schema":{"$ref":"#/components/schemas/Readiness"}},
        "application/problem+json":{"schema":{"$ref":"#/components/schemas/Problem"}}}},
        \(DescribedProblems.responses(DescribedProblems.atTheDoor.filter { $0.status != 503 }))}}},
        "/openapi.json":{"get":{"operationId":"describe","summary":"This document","security":[],
        "responses":{"200":{"description":"OpenAPI 3.1","headers":{\(requestID)},
        "content":{"application/json":{"schema":{"type":"object"}}}},
        \(DescribedProblems.responses(DescribedProblems.atTheDoor))}}}
        """

    private static let messageLinks = """
        "report":{"operationId":"reportMessage","parameters":{"id":"$response.body#/message_id"}},
        "cancel":{"operationId":"cancelMessage","parameters":{"id":"$response.body#/message_id"}}
        """

    static let requestID = """
        "X-Request-Id":{"$ref":"#/components/headers/RequestID"}
        """

    private static let headers = """
        "RequestID":{"description":"Which request it was: request_id in the gateway's log",
        "schema":{"type":"string","pattern":"^[0-9a-f]{16}$"}},
        "RetryAfter":{"description":"In how many seconds it makes sense to come again",
        "schema":{"type":"integer","minimum":0}},
        "RateLimitPolicy":{
        "description":"The app's limits at Divar: a minute's, a day's; of a caller-limit problem the caller's own rate",
        "schema":{"type":"string"},"example":"\\"minute\\";q=60;w=60, \\"day\\";q=1000;w=86400"},
        "RateLimit":{"description":"What the caller may still use of them, and in how many seconds there is more",
        "schema":{"type":"string"},"example":"\\"minute\\";r=0;t=12, \\"day\\";r=400;t=300"}
        """

    private static let limitHeaders = """
        "RateLimit-Policy":{"$ref":"#/components/headers/RateLimitPolicy"},
        "RateLimit":{"$ref":"#/components/headers/RateLimit"},\(requestID)
        """

    private static let readHeaders = """
        \(requestID),"Cache-Status":{"description":"How it was answered (RFC 9211)","schema":{"type":"string"}},
        "ETag":{"description":"Of this body and no other","schema":{"type":"string"}},
        "Age":{"description":"Seconds since Divar gave it; not where Divar gave it for this request",
        "schema":{"type":"integer","minimum":0}}
        """

    private static let parameters = """
        "AccessToken":{"name":"X-Access-Token","in":"header",
        "description":"A Divar user's OAuth access token: needed to read, to send as the user and to send to a user.",
        "schema":{"type":"string","minLength":1,"maxLength":\(AccessToken.maximumLength),"pattern":"^[!-~]+$"}},
        "User":{"name":"X-User","in":"header",
        "description":"Instead of X-Access-Token: a user of whom the gateway keeps tokens. Only where oauth is configured.",
        "schema":{"$ref":"#/components/schemas/UserName"}},
        "IdempotencyKey":{"name":"Idempotency-Key","in":"header",
        "description":"Names this send: with the same key and body the first outcome is told again, and nothing sent.",
        "schema":{"type":"string","minLength":1,"maxLength":\(IdempotencyKey.maximumLength),"pattern":"^[!-~]+$"}},
        "AccessTokenExpires":{"name":"X-Access-Token-Expires","in":"header",
        "description":"When the user's token ends, in seconds since 1970; nothing is answered from memory after it.",
        "schema":{"type":"string","pattern":"^[0-9]{1,10}$"}},
        "IfNoneMatch":{"name":"If-None-Match","in":"header","description":"Entity tags that the client has",
        "schema":{"type":"string"}},
        "CacheControl":{"name":"Cache-Control","in":"header",
        "description":"no-cache, no-store, max-age, min-fresh, only-if-cached (RFC 9111)","schema":{"type":"string"}},
        "RequestTimeout":{"name":"X-Request-Timeout","in":"header",
        "description":"How long the caller waits, above zero: in seconds, or with the unit s or ms.",
        "schema":{"type":"string","pattern":"^(?=[0-9.]*[1-9])[0-9]{1,6}([.][0-9]{1,3})?(ms|s)?$"}},
        "DryRun":{"name":"Dry-Run","in":"header",
        "description":"true: nothing is sent, and the answer shows what would have been. In any letter case.",
        "schema":{"enum":["true","false","?1","?0"]}},
        "Prefer":{"name":"Prefer","in":"header",
        "description":"respond-async: answer 202 once the message is on disk, and send it when there is room (RFC 7240)",
        "schema":{"type":"string"}},
        "Traceparent":{"name":"traceparent","in":"header","description":"W3C Trace Context","schema":{"type":"string"}}
        """

    private static let schemas = """
        "ConversationID":{"type":"string","pattern":"^[A-Za-z0-9_.~-]{1,\(ConversationID.maximumLength)}$",
        "not":{"enum":[".",".."]}},
        "UserID":{"type":"string","pattern":"^[A-Za-z0-9_+/=-]{1,\(UserID.maximumLength)}$"},
        "PostToken":{"type":"string","pattern":"^[A-Za-z0-9_-]{1,64}$"},
        "Message":{"type":"object","additionalProperties":false,"description":"A member that is null counts as absent.",
        "properties":{"conversation_id":{\(orNull("ConversationID"))},"user_id":{\(orNull("UserID"))},
        "text":{"type":["string","null"],"minLength":1},
        "media_token":{"type":["string","null"],"pattern":"^[!-~]{1,512}$"},
        "as":{"enum":["bot","user",null],
        "description":"By default user where a user's token comes with a conversation_id, else bot."},
        "buttons":{\(orNull("Grid"))},
        "sender_buttons":{\(orNull("Grid")),"description":"Only of a message sent as the user."},
        "expires_at":{"type":["string","null"],"format":"date-time",
        "description":"Only with Prefer: respond-async: later it is not sent. By default in 15 minutes."}},
        "allOf":[{"oneOf":[{"required":["conversation_id"],
        "properties":{"conversation_id":{"not":{"type":"null"}},"user_id":{"type":"null"}}},{"required":["user_id"],
        "properties":{"user_id":{"not":{"type":"null"}},"conversation_id":{"type":"null"},"as":{"enum":["bot",null]},"sender_buttons":{"type":"null"}}}]},
        {"oneOf":[{\(present("text"))},{\(present("media_token"))}]},
        {"anyOf":[{"properties":{"as":{"enum":["user",null]}}},{"properties":{"sender_buttons":{"type":"null"}}}]}]},
        "Grid":{"type":"array","maxItems":\(ButtonGrid.maximumRows),
        "items":{"type":"array","minItems":1,"maxItems":\(ButtonGrid.maximumButtonsInRow),
        "items":{"$ref":"#/components/schemas/Button"}}},
        "Button":{"type":"object","additionalProperties":false,"required":["caption"],
        "properties":{"caption":{"type":"string","minLength":1},
        "icon":{"type":["string","null"],"pattern":"^[A-Za-z0-9_]{1,64}$"},
        "open_url":{"type":["string","null"],"maxLength":\(MessageLimits.linkBytes),"pattern":"^[Hh][Tt][Tt][Pp][Ss]?://"},
        "server_link":{"type":["object","null"]},"dynamic_action":{"type":["object","null"]},
        "open_post":{\(orNull("PostToken"))},"manage_post":{\(orNull("PostToken"))}},
        "oneOf":[{\(present("open_url"))},{\(present("server_link"))},{\(present("dynamic_action"))},
        {\(present("open_post"))},{\(present("manage_post"))}]},
        "Receipt":{"type":"object","additionalProperties":false,"required":["outcome","message_id","conversation_id",
        "endpoint","attempts"],
        "properties":{"outcome":{"const":"sent"},"message_id":{"type":"string","format":"uuid"},
        "conversation_id":{"type":["string","null"]},
        "endpoint":{"type":"string"},"attempts":{"type":"integer","minimum":1}}},
        "Accepted":{"type":"object","additionalProperties":false,
        "required":["message_id","outcome","queue","expires_at"],
        "properties":{"message_id":{"type":"string","format":"uuid"},"outcome":{"type":"null"},
        "queue":{"const":"waiting"},"expires_at":{"type":"string","format":"date-time"}}},
        "PlannedSend":{"type":"object","additionalProperties":false,
        "required":["dry_run","outcome","endpoint","alternatives","request"],
        "properties":{"dry_run":{"const":true},"outcome":{"const":"not_sent"},"endpoint":{"type":"string"},
        "alternatives":{"type":"array","items":{"type":"string"}},
        "request":{"type":"object","additionalProperties":false,"required":["method","url","headers","body"],
        "properties":{"method":{"type":"string"},"url":{"type":"string"},
        "headers":{"type":"object","description":"Credentials are masked","additionalProperties":{"type":"string"}},
        "body":{"type":"object"}}}}},
        "Conversation":{"type":"object","additionalProperties":false,"required":["id","type","post_token","messages"],
        "properties":{"id":{"type":"string"},"type":{"type":["string","null"]},"post_token":{"type":["string","null"]},
        "messages":{"type":"array","items":{"type":"object","properties":{"sent_at":{"type":["string","null"],
        "format":"date-time"}}}}}},
        "Report":{"type":"object","additionalProperties":false,
        "required":["message_id","outcome","reason","reconciled","queue","expires_at","conversation_id","user_id","endpoint","attempts","divar_status",
        "divar_code","accepted_at","decided_at"],
        "properties":{"message_id":{"type":"string","format":"uuid"},"outcome":{"enum":["sent","not_sent","unknown",
        null]},"reason":{"type":["string","null"]},
        "reconciled":{"enum":["sent","not_sent","undecidable",null],
        "description":"What the conversation shows of a message whose outcome is unknown"},
        "queue":{"enum":["waiting","sending",null]},"expires_at":{"type":["string","null"],"format":"date-time"},
        "conversation_id":{"type":["string","null"]},"user_id":{"type":["string","null"]},"endpoint":{"type":["string",
        "null"]},"attempts":{"type":["integer","null"]},
        "divar_status":{"type":["integer","null"]},"divar_code":{"type":["integer","null"]},
        "accepted_at":{"type":["string","null"],"format":"date-time"},"decided_at":{"type":["string","null"],
        "format":"date-time"}}},
        "UploadGrant":{"type":"object","additionalProperties":false,"required":["token","upload_url"],
        "properties":{"token":{"type":"string"},"upload_url":{"type":"string"}}},
        "Readiness":{"type":"object","required":["status","checks"],"properties":{"status":{"enum":["ready",
        "not_ready"]},
        "checks":{"type":"array","items":{"type":"object","required":["name","status","detail"],
        "properties":{"name":{"type":"string"},"status":{"enum":["pass","fail"]},"detail":{"type":"string"}}}}}},
        "Problem":{"type":"object","additionalProperties":false,"required":["type","title","status","detail"],
        "properties":{"type":{"enum":[\(problemTypes)]},"title":{"type":"string"},"status":{"type":"integer"},
        "detail":{"type":"string"},
        "outcome":{"enum":["sent","not_sent","unknown"]},
        "errors":{"type":"array","items":{"type":"object","additionalProperties":false,"required":["pointer","detail"],
        "properties":{"pointer":{"type":"string"},"detail":{"type":"string"}}}},
        "divar_status":{"type":"integer"},"divar_code":{"type":"integer"},"divar_message":{"type":"string"},
        "message_id":{"type":"string","format":"uuid"},"endpoint":{"type":"string"},"attempts":{"type":"integer"},
        "trace_id":{"type":"string"}}}
        """

    private static func orNull(_ schema: String) -> String {
        "\"anyOf\":[{\"$ref\":\"#/components/schemas/\(schema)\"},{\"type\":\"null\"}]"
    }

    /// A member that is there and not null.
    private static func present(_ name: String) -> String {
        "\"required\":[\"\(name)\"],\"properties\":{\"\(name)\":{\"not\":{\"type\":\"null\"}}}"
    }

    private static let problemTypes = ProblemKind.allCases
        .map { "\"\(ProblemResponse.typePrefix)\($0.rawValue)\"" }.joined(separator: ",")
}
