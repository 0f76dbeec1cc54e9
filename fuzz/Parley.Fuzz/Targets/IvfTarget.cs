using Parley.Media;

namespace Parley.Fuzz.Targets;

/// <summary>IVF files.</summary>
internal sealed class IvfTarget : FuzzTarget
{
    public override string Name => "ivf";

    public override IEnumerable<byte[]> Seeds() =>
    [
        [
            .. "DKIF"u8, 0, 0, 32, 0, .. "VP80"u8, 64, 1, 240, 0, 30, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0,
            0, 0, 0, 0, 1, 2, 3,
        ],
    ];

    public override void Run(ReadOnlySpan<byte> input)
    {
        try
        {
            using var reader = new IvfReader(new MemoryStream(input.ToArray()));
            while (reader.TryRead(out _))
            {
            }
        }
        catch (InvalidDataException)
        {
            // What is no such file is refused by name.
        }
    }
}
