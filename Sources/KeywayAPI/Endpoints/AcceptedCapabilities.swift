/// The kinds of device that may be wanted of a connected account, those of the contract and what SDKs know besides.
enum AcceptedCapabilities {
    /// Some of the kinds; all but the first are accepted for the contract's sake.
    static let format = Format<[String]>
        .array(
            .oneOf(["lock", "thermostat", "noise_sensor", "access_control", "camera", "speaker"]),
            count: 0...10
        )
}
