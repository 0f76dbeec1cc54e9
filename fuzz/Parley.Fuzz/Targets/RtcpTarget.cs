using Parley.Rtp;

namespace Parley.Fuzz.Targets;

/// <summary>Compound RTCP packets and each report and feedback in them.</summary>
internal sealed class RtcpTarget : FuzzTarget
{
    public override string Name => "rtcp";

    public override int LongestInput => 1500;

    public override IEnumerable<byte[]> Seeds() =>
    [
        [
            0x81, 200, 0, 12, 0, 0, 0, 5, .. new byte[20], 0, 0, 0, 6, .. new byte[20], 0x81, 202, 0, 3, 0, 0, 0, 5, 1, 3, 97, 98, 99, 0, 0,
            0,
        ],
        [0x81, 201, 0, 7, 0, 0, 0, 5, 0, 0, 0, 6, .. new byte[20]],
        [0x81, 205, 0, 3, 0, 0, 0, 5, 0, 0, 0, 6, 0, 1, 0x80, 1],
        [0x81, 206, 0, 2, 0, 0, 0, 5, 0, 0, 0, 6],
        [0x84, 206, 0, 4, 0, 0, 0, 5, 0, 0, 0, 6, 0, 0, 0, 6, 1, 0, 0, 0],
        [0x8F, 206, 0, 5, 0, 0, 0, 5, 0, 0, 0, 0, 0x52, 0x45, 0x4D, 0x42, 1, 4, 0, 9, 0, 0, 0, 6],
        [0x8F, 205, 0, 5, 0, 0, 0, 5, 0, 0, 0, 6, 0, 1, 0, 2, 0, 0, 1, 0, 0x20, 2, 4, 8],
        [0x81, 203, 0, 1, 0, 0, 0, 5],
    ];

    public override void Run(ReadOnlySpan<byte> input)
    {
        var reader = new RtcpReader(input);
        while (reader.TryRead(out var packet))
        {
            packet.TryReadSenderInformation(out _);
            for (var index = 0; index < packet.Count; index++)
            {
                packet.TryReadReportBlock(index, out _);
            }

            var descriptions = new RtcpSourceDescriptionReader(packet);
            while (descriptions.TryRead(out _, out _, out _))
            {
            }

            var nacks = new RtcpNackReader(packet.FeedbackInformation);
            while (nacks.TryRead(out _))
            {
            }

            RtcpRemb.TryParse(packet, out _, out _);
            if (RtcpTransportWideReader.TryParse(packet, out var arrivals))
            {
                while (arrivals.TryRead(out _, out _))
                {
                }
            }
        }
    }
}
