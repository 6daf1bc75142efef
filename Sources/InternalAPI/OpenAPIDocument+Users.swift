extension OpenAPIDocument {
    private static let userParameters = """
        "parameters":[{"name":"name","in":"path","required":true,"schema":{"$ref":"#/components/schemas/UserName"}},
        {"$ref":"#/components/parameters/Traceparent"}]
        """

    static let userPaths = """
        "/users/{name}/tokens":{
        "put":{"operationId":"keepUserTokens",
        "summary":"Keeps a user's OAuth tokens and renews them; there only where oauth is configured",
        \(userParameters),
        "requestBody":{"required":true,
        "content":{"application/json":{"schema":{"$ref":"#/components/schemas/UserTokens"}}}},
        "responses":{"204":{"description":"They are on disk, and X-User uses them","headers":{\(requestID)}},
        \(DescribedProblems.responses(DescribedProblems.ofUserTokens))}},
        "get":{"operationId":"reportUserTokens","summary":"What is kept of a user, and never a token",
        \(userParameters),
        "responses":{"200":{"description":"Tokens of this user are kept",
        "headers":{\(requestID)},"content":{"application/json":{"schema":{"$ref":"#/components/schemas/UserTokensReport"}}}},
        \(DescribedProblems.responses(DescribedProblems.ofUserTokens))}},
        "delete":{"operationId":"removeUserTokens","summary":"Removes a user's tokens for good",
        \(userParameters),
        "responses":{"204":{"description":"They are gone, from the disk, too","headers":{\(requestID)}},
        \(DescribedProblems.responses(DescribedProblems.ofUserTokens))}}}
        """

    static let userSchemas = """
        "UserName":{"type":"string","pattern":"^[A-Za-z0-9_.-]{1,64}$"},
        "UserTokens":{"type":"object","additionalProperties":false,"required":["access_token"],
        "description":"A member that is null counts as absent.",
        "properties":{"access_token":{"$ref":"#/components/schemas/Token"},
        "refresh_token":{"oneOf":[{"$ref":"#/components/schemas/Token"},{"type":"null"}]},
        "expires_in":{"type":["integer","null"],"minimum":1,"maximum":\(UserTokensBodyReader.longestLife)},
        "expires_at":{"type":["string","null"],"format":"date-time"},
        "scope":{"type":["string","null"],"maxLength":\(UserTokensBodyReader.scopeBytes),
        "pattern":"^[!#-\\\\[\\\\]-~]+( [!#-\\\\[\\\\]-~]+)*$"},
        "divar_user_id":{"oneOf":[{"$ref":"#/components/schemas/UserID"},{"type":"null"}]},
        "token_type":{"type":["string","null"],"pattern":"^[Bb][Ee][Aa][Rr][Ee][Rr]$"}},
        "oneOf":[{"required":["expires_in"],
        "properties":{"expires_in":{"not":{"type":"null"}},"expires_at":{"type":"null"}}},{"required":["expires_at"],
        "properties":{"expires_at":{"not":{"type":"null"}},"expires_in":{"type":"null"}}}]},
        "Token":{"type":"string","pattern":"^[!-~]{1,4096}$"},
        "UserTokensReport":{"type":"object","additionalProperties":false,
        "required":["user","expires_at","refreshable","refreshed_at","scope"],
        "properties":{"user":{"$ref":"#/components/schemas/UserName"},
        "expires_at":{"type":"string","format":"date-time"},"refreshable":{"type":"boolean"},
        "refreshed_at":{"type":["string","null"],"format":"date-time"},"scope":{"type":["string","null"]}}}
        """
}
