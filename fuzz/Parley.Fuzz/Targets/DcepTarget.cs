using Parley.Sctp;
using Parley.Sctp.Wire;

namespace Parley.Fuzz.Targets;

/// <summary>Announcements of data channels; what was read is written as it came.</summary>
internal sealed class DcepTarget : FuzzTarget
{
    public override string Name => "dcep";

    public override IEnumerable<byte[]> Seeds() =>
    [
        DataChannelOpenMessage.Write(new DataChannelParameters { Label = "chat", Protocol = "p", Ordered = false, MaxRetransmits = 3 }),
        DataChannelOpenMessage.Write(new DataChannelParameters { Label = "♥", MaxLifetime = 1000, Priority = 512 }),
    ];

    public override void Run(ReadOnlySpan<byte> input)
    {
        if (DataChannelOpenMessage.TryParse(input, out var parameters, out _)
            && !(DataChannelOpenMessage.TryParse(DataChannelOpenMessage.Write(parameters), out var again, out _) && again == parameters)
            && parameters.Label.Length + parameters.Protocol.Length < 20_000)
        {
            throw new InvalidDataException("Written again it differs.");
        }
    }
}
