using Parley.Fuzz.Targets;

namespace Parley.Fuzz;

/// <summary>All targets there are.</summary>
internal static class TargetList
{
    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new SdpTarget(), new CandidateTarget(), new StunTarget(), new DtlsMessagesTarget(), new DtlsRecordsTarget(),
        new DtlsHandshakeTarget(),
        new SrtpTarget(), new RtpTarget(), new RtcpTarget(), new PayloadFormatTarget(), new RtpSessionTarget(), new SctpChunksTarget(),
        new DcepTarget(),
        new SctpAssociationTarget(), new IceAgentTarget(), new SignalingTarget(), new IvfTarget(), new OggTarget(), new WavTarget(),
        new DescriptionTarget(), new ConnectionTarget(),
    ];
}
