import Testing

@testable import InternalAPI

/// `Prefer`, as RFC 7240 has it.
@Suite struct PreferencesTests {
    @Test(arguments: [
        "respond-async", "Respond-Async", "RESPOND-ASYNC", " respond-async ", "\trespond-async",
        "respond-async, wait=10",
        "wait=10,respond-async", "wait=10 , respond-async", ",, respond-async ,", "respond-async; foo",
        "respond-async;foo=\"a, b\"", "respond-async ; foo=bar", "handling=lenient; a=b, respond-async",
        "foo=\"a, b\", respond-async", "foo=\"a\\\"b\", respond-async", "respond-async, respond-async",
    ])
    func `an answer is wanted before the message is sent`(field: String) {
        #expect(Preferences.asksForAsynchronous(field))
    }

    @Test(arguments: [
        nil, "", " ", ",", ";", "wait=10", "respond-asynchronous", "x-respond-async", "respond", "respond async",
        "respond -async", "foo=respond-async", "foo; respond-async", "foo=\"respond-async\"", "\"respond-async\"",
        // All of it is one preference's value.
        "foo=\"a, respond-async\"", "foo=\"a, respond-async, b\"", "foo=\"a\\\", respond-async, b\"",
        "foo=\"a, respond-async",
    ])
    func `everything else is passed over`(field: String?) {
        #expect(!Preferences.asksForAsynchronous(field))
    }
}
