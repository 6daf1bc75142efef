@testable import ConversationCache
import Testing

/// RFC 9111 section 4.3.4 and 3.2: what a 304 makes of the fields that are stored.
@Suite struct ResponseFieldsTests {
    @Test(
        arguments: [
            // What is new counts.
            (.said("max-age=5"), .said("max-age=8"), .said("max-age=8")), (.said("max-age=5"), .said(""), .said("")),
            (.said(expires: .past), .said(expires: .at(9)), .said(expires: .at(9))),
            (.said(expires: .at(9)), .said(expires: .past), .said(expires: .past)),
            (.said(tag: "\"1\""), .said(tag: "\"2\""), .said(tag: "\"2\"")),
            (.said(changed: "then"), .said(changed: "now"), .said(changed: "now")),
            (
                .none, .said("max-age=8", age: 1, date: 2, expires: .at(3), tag: "\"4\"", changed: "then"),
                .said("max-age=8", age: 1, date: 2, expires: .at(3), tag: "\"4\"", changed: "then")
            ),
            (.none, .said(varies: true), .said(varies: true)),
            // What isn't said again stays.
            (.said("max-age=5"), .none, .said("max-age=5")), (.said(expires: .at(9)), .none, .said(expires: .at(9))),
            (.said(expires: .past), .said("max-age=8"), .said("max-age=8", expires: .past)),
            (.said("max-age=5"), .said(expires: .at(9)), .said("max-age=5", expires: .at(9))),
            (.said(tag: "\"1\"", changed: "then"), .none, .said(tag: "\"1\"", changed: "then")),
            (.said(tag: "\"1\"", changed: "then"), .said(tag: "\"1\""), .said(tag: "\"1\"", changed: "then")),
            (.said(tag: "\"1\"", changed: "then"), .said(changed: "then"), .said(tag: "\"1\"", changed: "then")),
            // When it was made and how old it is are the newer answer's alone.
            (.said(age: 7, date: 8), .none, .none), (.said(age: 7, date: 8), .said(date: 9), .said(date: 9)),
            (.said(age: 7, date: 8), .said(age: 1), .said(age: 1)),
        ] as [(ResponseFields, ResponseFields, ResponseFields)])
    func `the newer fields replace the older, one by one`(
        old: ResponseFields,
        newer: ResponseFields,
        updated: ResponseFields
    ) {
        #expect(old.updated(by: newer) == updated)
    }

    @Test(arguments: [
        (Validators(), true), (Validators(entityTag: "\"1\""), false), (Validators(lastModified: "then"), false),
        (Validators(entityTag: "\"1\"", lastModified: "then"), false),
    ]) func `validators are none where there is neither`(validators: Validators, isEmpty: Bool) {
        #expect(validators.isEmpty == isEmpty)
    }
}
