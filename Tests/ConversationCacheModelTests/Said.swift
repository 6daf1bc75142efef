import ConversationCache

/// What the simulated Divar says about an answer's caching, and what it means by hand, not by the cache's own reading.
struct Said {
    /// The control field; nil where there is none.
    let control: Control?
    var age: Int?
    /// How far its clock is behind.
    var dateLag: Int?
    /// After its own date; `Int.min` for a value that is no date.
    var expiresAfter: Int?
    var varies = false

    init(_ control: Control?, age: Int? = nil, dateLag: Int? = nil, expiresAfter: Int? = nil, varies: Bool = false) {
        (self.control, self.age, self.dateLag) = (control, age, dateLag)
        (self.expiresAfter, self.varies) = (expiresAfter, varies)
    }

    struct Control {
        let text: String
        let parsed: CacheControl
        var maxAge: Int?
        var staleWhileRevalidate: Int?
        var staleIfError: Int?
        var isNoStore = false
        var isNoCache = false
        var isMustRevalidate = false

        init(_ text: String, maxAge: Int? = nil, whileRevalidating: Int? = nil, onError: Int? = nil) {
            (self.text, parsed) = (text, CacheControl(text))
            self.maxAge = maxAge
            (staleWhileRevalidate, staleIfError) = (whileRevalidating, onError)
            isNoStore = text.contains("no-store")
            isNoCache = text.contains("no-cache")
            isMustRevalidate = text.contains("must-revalidate")
        }
    }

    var words: String {
        var words = control.map { $0.text } ?? "no control"
        if let age { words += ", age \(age)" }
        if let dateLag { words += ", date \(dateLag) s ago" }
        if let expiresAfter { words += ", expires \(expiresAfter) s after its date" }
        return varies ? words + ", varies" : words
    }

    static let all: [Said] = [
        Said(nil), Said(nil), Said(nil), Said(nil, age: 3), Said(nil, dateLag: 4),
        Said(nil, expiresAfter: 8), Said(nil, dateLag: 2, expiresAfter: 8), Said(nil, expiresAfter: .min),
        Said(nil, varies: true),
        Said(Control("max-age=5", maxAge: 5)), Said(Control("max-age=60", maxAge: 60), age: 20),
        Said(Control("private, max-age=10", maxAge: 10), dateLag: 4),
        Said(Control("max-age=1", maxAge: 1), age: 9, expiresAfter: 100),
        Said(Control("max-age=0", maxAge: 0)), Said(Control("max-age=7200", maxAge: 7200)),
        Said(Control("no-store")), Said(Control("no-cache")), Said(Control("max-age=9, no-cache", maxAge: 9)),
        Said(Control("Max-Age=\"3\", stale-while-revalidate=10", maxAge: 3, whileRevalidating: 10)),
        Said(Control("max-age=2, stale-if-error=20", maxAge: 2, onError: 20)),
        Said(Control("max-age=2, stale-if-error=0", maxAge: 2, onError: 0)),
        Said(Control("must-revalidate, max-age=3", maxAge: 3)),
        Said(Control("must-revalidate, max-age=2, stale-if-error=20", maxAge: 2, onError: 20)),
    ]

    func fields(at unix: Int, validators: Validators) -> ResponseFields {
        var fields = ResponseFields()
        fields.cacheControl = control?.parsed
        fields.age = age
        fields.date = dateLag.map { unix - $0 }
        fields.expires = expires(at: unix).map { $0 == .min ? .past : .at($0) }
        fields.validators = validators
        fields.variesBeyondKey = varies
        return fields
    }

    /// By the calendar.
    func expires(at unix: Int) -> Int? {
        expiresAfter.map { $0 == .min ? .min : unix - (dateLag ?? 0) + $0 }
    }
}
