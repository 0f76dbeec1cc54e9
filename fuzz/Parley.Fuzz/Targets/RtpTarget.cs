using Parley.Rtp;

namespace Parley.Fuzz.Targets;

/// <summary>RTP packets, their header extensions and redundant blocks.</summary>
internal sealed class RtpTarget : FuzzTarget
{
    public override string Name => "rtp";

    public override int LongestInput => 1500;

    public override IEnumerable<byte[]> Seeds() =>
    [
        [0x80, 0xE0, 0, 1, 0, 0, 0, 9, 0, 0, 0, 5, 1, 2, 3],
        [0x92, 0x60, 0, 1, 0, 0, 0, 9, 0, 0, 0, 5, 0, 0, 0, 1, 0, 0, 0, 2, 0xBE, 0xDE, 0, 2, 0x10, 0x30, 0x22, 1, 2, 3, 0, 0, 1, 2, 3],
        [0xB0, 0x60, 0, 1, 0, 0, 0, 9, 0, 0, 0, 5, 0x10, 0, 0, 1, 1, 1, 5, 0, 9, 9, 0, 2],
        [0x80, 63, 0, 1, 0, 0, 0, 9, 0, 0, 0, 5, 0xEF, 0, 0x40, 2, 0x6F, 1, 2, 3, 4],
    ];

    public override void Run(ReadOnlySpan<byte> input)
    {
        if (!RtpPacketView.TryParse(input, out var view, out _))
        {
            return;
        }

        for (var index = 0; index < view.ContributingSourceCount; index++)
        {
            view.ContributingSource(index);
        }

        foreach (var element in view.Extensions)
        {
            view.Extensions.TryFind(element.Id, out _);
        }

        if (RedundantBlocks.TryParse(view.Payload, out var blocks))
        {
            while (blocks.TryRead(out _, out _, out _))
            {
            }
        }

        OpusLength(view.Payload);
    }

    private static void OpusLength(ReadOnlySpan<byte> payload)
    {
        if (Media.OpusPacket.SamplesOf(payload) is < 0 or > Media.OpusPacket.MaximumSamples)
        {
            throw new InvalidDataException("More samples than a packet has.");
        }
    }
}
