import HTTPTypes

/// `/health` (wire contract, section 4.10): for probes, which have no credential.
enum HealthEndpoints {
    static let all = ["/health", "/health/get_health"]
        .map { path in
            Endpoint(
                open: path,
                .read,
                "Tells whether this server can do its work: 200 if it can, 503 if it cannot.",
                answer: [
                    AnswerKey("msg", .text), AnswerKey("last_service_evaluation_at", .dateTime),
                    AnswerKey("service_health_statuses", .list(of: .named(.serviceHealth))),
                ],
                otherStatuses: [.serviceUnavailable]
            ) { call in await health(call) }
        }

    private static func health(_ call: Call) async -> Reply {
        let finding = await call.services.health.finding()
        let store = ServiceHealthBody(
            service: "store",
            status: finding.trouble == nil ? .healthy : .down,
            description: finding.trouble == nil ? "Everything can be stored." : "Nothing can be stored; see the log."
        )
        var reply: Reply = [
            "msg": finding.trouble == nil ? "Keyway is working." : "Keyway cannot accept action attempts.",
            "last_service_evaluation_at": finding.at,
            "service_health_statuses": [store],
        ]
        if let trouble = finding.trouble {
            call.services.troubles.note(trouble, requestID: call.requestID)
            reply.status = .serviceUnavailable
            reply.retryAfter = HealthMonitor.memory
        }
        return reply
    }
}
