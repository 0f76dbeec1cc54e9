using System.Diagnostics.CodeAnalysis;

namespace Parley.Sdp;

/// <summary>What payload types below 96 mean without an rtpmap (RFC 3551 §6, tables 4 and 5).</summary>
public static class StaticPayloadTypes
{
    private static readonly RtpMap[] Maps =
    [
        new(0, "PCMU", 8_000), new(3, "GSM", 8_000), new(4, "G723", 8_000), new(5, "DVI4", 8_000), new(6, "DVI4", 16_000),
        new(7, "LPC", 8_000),
        new(8, "PCMA", 8_000), new(9, "G722", 8_000), new(10, "L16", 44_100, 2), new(11, "L16", 44_100), new(12, "QCELP", 8_000),
        new(13, "CN", 8_000), new(14, "MPA", 90_000), new(15, "G728", 8_000), new(16, "DVI4", 11_025), new(17, "DVI4", 22_050),
        new(18, "G729", 8_000), new(25, "CelB", 90_000), new(26, "JPEG", 90_000), new(28, "nv", 90_000), new(31, "H261", 90_000),
        new(32, "MPV", 90_000), new(33, "MP2T", 90_000), new(34, "H263", 90_000),
    ];

    /// <summary>The meaning of a payload type; false for those that have none without an rtpmap.</summary>
    public static bool TryFind(int payloadType, [NotNullWhen(true)] out RtpMap? map)
    {
        map = Array.Find(Maps, candidate => candidate.PayloadType == payloadType);
        return map is not null;
    }
}
