import Testing

@testable import InternalAPI

/// `If-None-Match` (RFC 9110 section 13.1.2).
@Suite struct EntityTagConditionTests {
    @Test(arguments: [
        "*", #""a""#, #"W/"a""#, #""b", "a""#, #"W/"b",W/"a""#, #""a","b""#, #"  "x" , "a" "#, #""", "a""#,
    ])
    func `the tag is found`(field: String) {
        #expect(EntityTagCondition(field).matches(#""a""#))
    }

    @Test(arguments: ["", "a", #""b""#, #""A""#, #""a"#, #""aa""#, #""b, a""#, "**", #"* , "b""#, #"W/"b""#])
    func `another tag is not`(field: String) {
        #expect(!EntityTagCondition(field).matches(#""a""#))
    }
}
