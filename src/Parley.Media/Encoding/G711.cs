using System.Numerics;

namespace Parley.Media;

/// <summary>ITU-T G.711: sound in eight bits a sample, by logarithmic steps. Samples are 16 bits wide, as everywhere in Parley.</summary>
public static class G711
{
    private const int MuLawBias = 132;
    private const int MuLawMaximum = 32_635;

    private static readonly short[] MuLaw = MakeTable(ExpandMuLaw);
    private static readonly short[] ALaw = MakeTable(ExpandALaw);

    /// <summary>The µ-law code of a sample (G.711 table 2).</summary>
    public static byte EncodeMuLaw(short sample)
    {
        var magnitude = Math.Min(Math.Abs((int)sample), MuLawMaximum) + MuLawBias;
        var exponent = BitOperations.Log2((uint)magnitude) - 7;
        var code = exponent << 4 | magnitude >> (exponent + 3) & 0x0F;

        // All bits are inverted on the line.
        return (byte)~(sample < 0 ? code | 0x80 : code);
    }

    /// <summary>The A-law code of a sample (G.711 table 1).</summary>
    public static byte EncodeALaw(short sample)
    {
        var magnitude = (sample < 0 ? ~sample : sample) >> 3;
        var exponent = magnitude < 32 ? 0 : BitOperations.Log2((uint)magnitude) - 4;
        var code = exponent << 4 | magnitude >> Math.Max(1, exponent) & 0x0F;

        // The even bits are inverted on the line; the sign bit is set for what is positive.
        return (byte)((sample < 0 ? code : code | 0x80) ^ 0x55);
    }

    /// <summary>The sample of a µ-law code.</summary>
    public static short DecodeMuLaw(byte code) => MuLaw[code];

    /// <summary>The sample of an A-law code.</summary>
    public static short DecodeALaw(byte code) => ALaw[code];

    private static short ExpandMuLaw(int code)
    {
        var bits = ~code & 0xFF;
        var magnitude = (((bits & 0x0F) << 3 | 0x84) << (bits >> 4 & 7)) - MuLawBias;
        return (short)((bits & 0x80) != 0 ? -magnitude : magnitude);
    }

    private static short ExpandALaw(int code)
    {
        var bits = code ^ 0x55;
        var exponent = bits >> 4 & 7;
        var magnitude = (bits & 0x0F) << 4 | 8;
        if (exponent > 0)
        {
            magnitude = (magnitude | 0x100) << (exponent - 1);
        }

        return (short)((bits & 0x80) != 0 ? magnitude : -magnitude);
    }

    private static short[] MakeTable(Func<int, short> expand) => [.. Enumerable.Range(0, 256).Select(expand)];
}
