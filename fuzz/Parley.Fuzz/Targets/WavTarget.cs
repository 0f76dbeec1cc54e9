using Parley.Media;

namespace Parley.Fuzz.Targets;

/// <summary>WAV files.</summary>
internal sealed class WavTarget : FuzzTarget
{
    public override string Name => "wav";

    public override IEnumerable<byte[]> Seeds() =>
    [
        [
            .. "RIFF"u8, 44, 0, 0, 0, .. "WAVEfmt "u8, 16, 0, 0, 0, 1, 0, 1, 0, 0x80, 0xBB, 0, 0, 0, 0x77, 1, 0, 2, 0, 16, 0, .. "data"u8,
            8, 0, 0, 0, 1, 0, 2, 0, 3, 0, 4, 0,
        ],
    ];

    public override void Run(ReadOnlySpan<byte> input)
    {
        try
        {
            using var reader = new WavReader(new MemoryStream(input.ToArray()));
            var samples = new short[480];
            while (reader.Read(samples) > 0)
            {
            }
        }
        catch (InvalidDataException)
        {
            // What is no such file is refused by name.
        }
    }
}
