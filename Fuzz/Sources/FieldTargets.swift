import ConversationCache
import DivarAPI
import Messaging

@testable import HTTPWire
@testable import InternalAPI

let fieldTargets = [
    FuzzTarget("cache-control", checkCacheControl),
    FuzzTarget("dates", checkDates),
    FuzzTarget("traceparent", checkTraceparent),
    FuzzTarget("caller-fields", checkCallerFields),
]

/// Seconds stay in their range, empty members mean nothing, and each directive stands whatever follows it.
private func checkCacheControl(_ bytes: [UInt8]) {
    let field = bytes.text
    let read = CacheControl(field)
    for seconds in [read.maxAge, read.minFresh, read.staleWhileRevalidate, read.staleIfError].compactMap(\.self) {
        require((0...CacheControl.maximumSeconds).contains(seconds), "seconds have a range")
    }
    require(CacheControl(", ," + field) == read, "empty members in front are nothing")
    require(CacheControl("no-store, " + field).isNoStore, "no-store stands whatever follows")
    require((CacheControl("max-age=0, " + field).maxAge ?? 1) == 0, "no value makes a shorter one longer")
}

/// Times in the range of the calendar are written so that they read the same.
private func checkDates(_ bytes: [UInt8]) {
    let text = bytes.text
    let now = 1_795_000_000
    if let seconds = HTTPDate.unixSeconds(text, now: now) {
        // The calendar of our own form ends with the year 9999.
        require((0...253_402_646_400).contains(seconds), "a date has a range")
        if seconds <= 253_402_300_799 {
            require(HTTPDate.unixSeconds(HTTPDate.text(unixSeconds: seconds), now: now) == seconds, "a date is a date")
        }
    }
    if let time = RFC3339Time.unixMicroseconds(text) {
        require(Timestamp.isRFC3339(text.replacing(" ", with: "T")), "what is a time has the form of one")
        if (0...253_402_300_799_999_999).contains(time) {
            let written = RFC3339Time.text(unixMicroseconds: time)
            require(RFC3339Time.unixMicroseconds(written) == time, "a time is a time")
            require(Timestamp.isRFC3339(written), "and has the form of one")
        }
    }
}

/// What is read is written as version 00 has it, and reads the same.
private func checkTraceparent(_ bytes: [UInt8]) {
    guard let trace = TraceContext(traceparent: bytes.text) else { return }
    require(TraceContext(traceparent: trace.traceparent) == trace, "a trace stays the same")
    require(trace.traceparent.utf8.count == 55, "version 00 has one length")
    let child = trace.child(span: 2)
    require(child.traceID == trace.traceID && child.spanID != "0000000000000000", "a child belongs to its trace")
    require(child.flags == "00" || child.flags == "01", "only the sampling goes on")
}

/// The other fields of a caller: none is read as more than it says.
private func checkCallerFields(_ bytes: [UInt8]) {
    let text = bytes.text
    if let time = RequestTimeout.microseconds(text) {
        require(time > 0 && time < 1_000_000_000_000, "a caller waits for some time, and not for ever")
        require(RequestTimeout.microseconds(text + "0.") == nil, "a time is no part of a longer text")
    }
    require(Preferences.asksForAsynchronous("respond-async, " + text), "a preference stands whatever follows")
    if Preferences.asksForAsynchronous(text) {
        require(text.lowercased().utf8.firstRange(of: "respond-async".utf8) != nil, "nobody asks without the word")
    }
    let condition = EntityTagCondition(text)
    let tag = "\"0123abcd\""
    if condition.matches(tag) {
        require(text == "*" || text.utf8.firstRange(of: tag.utf8) != nil, "a tag matches only itself")
    }
    require(EntityTagCondition(tag + "," + text).matches(tag), "a tag stands whatever follows")
    if LinkRule.violation(in: text) == nil {
        require(text.lowercased().hasPrefix("http"), "a link is one of the web's")
        require(
            !text.unicodeScalars.contains { $0.value < 0x21 || $0.value == 0x7F }, "a link has no control characters")
    }
    if let route = Route(path: text) { require(!route.allowedMethods.isEmpty, "a resource has a method") }
}
