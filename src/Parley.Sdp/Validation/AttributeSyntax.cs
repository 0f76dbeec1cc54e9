namespace Parley.Sdp;

/// <summary>Whether one attribute's value is what its name promises.</summary>
internal static class AttributeSyntax
{
    public static void Check(SdpAttribute attribute, bool strict, SdpErrors errors)
    {
        if (Fault(attribute.Name, attribute.Value, strict) is { } reason)
        {
            errors.Add(attribute, reason, "The attribute's value is malformed or out of range");
        }
    }

    private static SdpErrorReason? Fault(string name, ReadOnlySpan<char> value, bool strict) => name switch
    {
        "mid" => Unless(SdpGrammar.IsToken(value), SdpErrorReason.InvalidMid),
        "group" => Unless(SdpGroup.TryParse(value, out _), SdpErrorReason.InvalidGroup),
        "ice-ufrag" => Unless(value.Length is >= 4 and <= 256 && SdpGrammar.IsIceString(value), SdpErrorReason.InvalidIceUfrag),
        "ice-pwd" => Unless(value.Length is >= 22 and <= 256 && SdpGrammar.IsIceString(value), SdpErrorReason.InvalidIcePwd),
        "candidate" => Unless(CandidateAttribute.TryParse(value, out _), SdpErrorReason.InvalidCandidate),
        "fingerprint" => Unless(Fingerprint.TryParse(value, out _), SdpErrorReason.InvalidFingerprint),
        "setup" => Unless(SetupRoles.TryParse(value, out _), SdpErrorReason.InvalidSetup),
        "rtpmap" => Unless(RtpMap.TryParse(value, out _), IsPayloadType(value) ? SdpErrorReason.InvalidRtpMap : SdpErrorReason.PayloadTypeOutOfRange),
        "rtcp-fb" => Unless(RtcpFeedback.TryParse(value, out _), SdpErrorReason.InvalidRtcpFeedback),
        "extmap" => ExtMapFault(value, strict),
        "msid" => Unless(MediaStreamIdAttribute.TryParse(value, out _), SdpErrorReason.InvalidMsid),
        "ssrc" => Unless(SsrcAttribute.TryParse(value, out _), SdpErrorReason.InvalidSsrc),
        "ssrc-group" => Unless(SsrcGroup.TryParse(value, out _), SdpErrorReason.InvalidSsrcGroup),
        "sctp-port" => Unless(SdpNumber.TryInt32(value, ushort.MaxValue, out _), SdpErrorReason.InvalidSctpPort),
        "sctpmap" => Unless(SctpMap.TryParse(value, out _), SdpErrorReason.InvalidSctpPort),
        "max-message-size" => Unless(SdpNumber.TryUInt64(value, out _), SdpErrorReason.InvalidMaxMessageSize),
        "sctp-init" => Unless(SdpBase64.IsValid(value), SdpErrorReason.InvalidSctpInit),
        "rtcp" => Unless(RtcpAttribute.TryParse(value, out _), SdpErrorReason.InvalidRtcp),
        // The format of an fmtp may be no payload type; but there must be one.
        "fmtp" => Unless(value.Trim(' ').Length > 0, SdpErrorReason.InvalidFormatParameters),
        "simulcast" => Unless(SimulcastAttribute.TryParse(value, out _), SdpErrorReason.InvalidSimulcast),
        // Chromium 156 drops a rid it cannot read, and the views leave it out.
        "rid" => Unless(!strict || RidAttribute.TryParse(value, out _), SdpErrorReason.InvalidRid),
        _ => null,
    };

    private static SdpErrorReason? ExtMapFault(ReadOnlySpan<char> value, bool strict)
    {
        if (!ExtMap.TryParse(value, out var map))
        {
            return SdpErrorReason.InvalidExtMap;
        }

        // RFC 8285 §4.2 reserves 15 in one-byte headers; Chromium 156 takes it. §5 has 4096 to 4351 for offers that let the answerer choose.
        bool inRange = map.Id is (>= 1 and <= 255) or (>= 4096 and <= 4351);
        return Unless(inRange && !(strict && map.Id == 15), SdpErrorReason.ExtMapIdOutOfRange);
    }

    private static bool IsPayloadType(ReadOnlySpan<char> value)
    {
        var fields = new SdpFields(value);
        return !fields.TryNext(out var type) || !SdpNumber.TryUInt64(type, out ulong number) || number <= 127;
    }

    private static SdpErrorReason? Unless(bool good, SdpErrorReason reason) => good ? null : reason;
}
