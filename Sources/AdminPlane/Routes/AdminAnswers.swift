internal import AuditReport
private import Foundation
internal import HTTPWire
private import Messaging
private import Observability
private import StrictJSON

/// Makes the answers that take reading the trail or making a page. Any thread.
struct AdminAnswers: Sendable {
    let subject: any AdminSubject
    let console: Console
    let history: TrafficHistory

    private static var now: Int64 { Int64(Date().timeIntervalSince1970) }

    func response(to call: AdminCall, body: [UInt8]) async -> Response {
        switch call.route {
        case .metrics:
            AdminResponse.text(PrometheusText.text(of: subject.metrics()), type: PrometheusText.contentType)
        case .asset(let name):
            Console.asset(name).map { AdminResponse.asset($0.type, $0.bytes) }
                ?? AdminResponse.problem(404, "There is no such file.")
        case .login: login(next: call.query["next"] ?? "/", problem: nil)
        case .overview: await overview(call)
        case .overviewPart: AdminResponse.page(console.text("state", await stateView()))
        case .live: AdminResponse.page(console.text("live", LivePage(frame: call.frame("Live", page: "live"))))
        case .trail: await trailPage(call)
        case .story(let name): await storyPage(name, call)
        case .pageText(let id): await textPage(id, call)
        case .levelForm: await setLevel(FormFields(String(decoding: body, as: UTF8.self))["level"], call)
        case .apiState: AdminResponse.json(StateJSON.value(of: await subject.state()))
        case .apiTraffic: AdminResponse.json(TrafficJSON.value(of: history.points))
        case .apiTrail: await trailJSON(call)
        case .apiStory(let name): await storyJSON(name)
        case .apiText(let id): await textJSON(id, call)
        case .apiProof(let number): await proof(number)
        case .apiLevel: await level(call, body)
        case .logout, .apiLive: AdminResponse.problem(404, "There is no such page.")
        }
    }

    // MARK: Pages

    func login(next: String, problem: String?, status: Int = 200) -> Response {
        let page = LoginPage(
            frame: PageFrame("Sign in", page: "login", for: nil), next: AdminResponse.ownPath(next), problem: problem)
        return AdminResponse.page(console.text("login", page), status: status)
    }

    private func stateView() async -> StateView {
        StateView(await subject.state(), history.points, now: AdminAnswers.now)
    }

    private func overview(_ call: AdminCall) async -> Response {
        let state = await subject.state()
        let page = OverviewPage(
            call.frame("Overview", page: "overview"), StateView(state, history.points, now: AdminAnswers.now),
            level: call.may(.operate) ? state.logLevel : nil)
        return AdminResponse.page(console.text("overview", page))
    }

    private func trailPage(_ call: AdminCall) async -> Response {
        let query = TrailQuery(fields: call.query)
        let frame = call.frame("Trail", page: "trail")
        let (page, problem, status) = await search(query)
        return AdminResponse.page(
            console.text("trail", TrailPage(frame, query, page: page, problem: problem)), status: status)
    }

    private func storyPage(_ name: RecordName, _ call: AdminCall) async -> Response {
        let (story, failure) = await found(name)
        guard let story else { return failurePage(failure, call) }
        let page = StoryPage(call.frame("Message", page: "trail"), story, mayShow: call.may(.texts))
        return AdminResponse.page(console.text("story", page))
    }

    private func textPage(_ id: String, _ call: AdminCall) async -> Response {
        guard let message = MessageID(id), let who = call.who else { return failurePage(nil, call) }
        let (story, failure) = await found(.message(message))
        guard let story else { return failurePage(failure, call) }
        let frame = call.frame("Message", page: "trail")
        do throws(TrailError) {
            let text = try await subject.text(of: message, for: who.name, at: call.peer)
            return AdminResponse.page(console.text("story", StoryPage(frame, story, mayShow: true, text: text)))
        } catch {
            let page = StoryPage(frame, story, mayShow: true, problem: AdminAnswers.words(on: error).detail)
            return AdminResponse.page(console.text("story", page), status: 503)
        }
    }

    private func failurePage(_ error: TrailError?, _ call: AdminCall) -> Response {
        let (status, detail) = error.map(AdminAnswers.words) ?? (404, "The trail has no such message or record.")
        let page = MessagePage(
            frame: call.frame("Not there", page: "trail"), title: error == nil ? "Not there" : "Not now",
            detail: detail)
        return AdminResponse.page(console.text("message", page), status: status)
    }

    // MARK: The trail

    private func search(_ query: TrailQuery) async -> (page: EntryPage?, problem: String?, status: Int) {
        let reading: TrailQuery.Reading
        do throws(TrailQueryProblem) {
            reading = try query.reading(now: AdminAnswers.now * 1_000_000)
        } catch {
            return (nil, error.detail, 400)
        }
        do throws(TrailError) {
            return (try await subject.trail(reading.filter, below: reading.below, limit: reading.limit), nil, 200)
        } catch {
            let (status, detail) = AdminAnswers.words(on: error)
            return (nil, detail, status)
        }
    }

    private func found(_ name: RecordName) async -> (MessageStory?, TrailError?) {
        do throws(TrailError) {
            return (try await subject.story(of: name), nil)
        } catch {
            return (nil, error)
        }
    }

    private static func words(on error: TrailError) -> (status: Int, detail: String) {
        switch error {
        case .busy: (503, "So many look into the trail already; try again.")
        case .unreadable(let reason): (503, "The trail can not be read: \(reason)")
        case .unrecorded: (503, "The look could not be recorded, so nothing is shown.")
        }
    }

    private static func problem(_ error: TrailError?) -> Response {
        let (status, detail) = error.map(words) ?? (404, "The trail has no such message or record.")
        return AdminResponse.problem(status, detail)
    }

    private func trailJSON(_ call: AdminCall) async -> Response {
        let (page, problem, status) = await search(TrailQuery(fields: call.query))
        guard let page else { return AdminResponse.problem(status, problem ?? "") }
        var members = [JSONMember("entries", .array(page.entries.map { .object($0.members) }))]
        if let next = page.next { members.append(JSONMember("next", .number(String(next)))) }
        return AdminResponse.json(.object(members))
    }

    private func storyJSON(_ name: RecordName) async -> Response {
        let (story, error) = await found(name)
        guard let story else { return AdminAnswers.problem(error) }
        return AdminResponse.json(StoryJSON.value(of: story))
    }

    private func textJSON(_ id: String, _ call: AdminCall) async -> Response {
        guard let message = MessageID(id), let who = call.who else { return AdminAnswers.problem(nil) }
        do throws(TrailError) {
            switch try await subject.text(of: message, for: who.name, at: call.peer) {
            case .absent(let reason): return AdminResponse.problem(404, "Nothing can be shown: \(reason).")
            case .kept(let text):
                let content = (try? JSONParser.parse(Array(text.utf8))) ?? .string(text)
                return AdminResponse.json(
                    .object([JSONMember("message", .string(id)), JSONMember("content", content)]))
            }
        } catch {
            return AdminAnswers.problem(error)
        }
    }

    private func proof(_ number: Int) async -> Response {
        do throws(TrailError) {
            return try await subject.proof(of: number).map { AdminResponse.text($0) } ?? AdminAnswers.problem(nil)
        } catch {
            return AdminAnswers.problem(error)
        }
    }

    // MARK: The log's level

    private func level(_ call: AdminCall, _ body: [UInt8]) async -> Response {
        if call.head.method == .put {
            let level = (try? JSONParser.parse(body))?["level"]?.stringValue
            guard let level, await subject.setLogLevel(level, by: call.who?.name ?? "") else {
                return AdminResponse.problem(400, AdminAnswers.levelAdvice)
            }
        }
        return AdminResponse.json(.object([JSONMember("level", .string(await subject.state().logLevel))]))
    }

    private func setLevel(_ level: String?, _ call: AdminCall) async -> Response {
        guard let level, await subject.setLogLevel(level, by: call.who?.name ?? "") else {
            return AdminResponse.problem(400, AdminAnswers.levelAdvice)
        }
        return AdminResponse.redirect(to: "/")
    }

    private static let levelAdvice =
        "The body is to be {\"level\": …} with one of \(AdminLevels.all.joined(separator: ", "))."
}
