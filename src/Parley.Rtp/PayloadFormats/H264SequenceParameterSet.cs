namespace Parley.Rtp;

/// <summary>What an H.264 sequence parameter set says of the pictures' size (ITU-T H.264 §7.3.2.1.1, §7.4.2.1.1).</summary>
public static class H264SequenceParameterSet
{
    private const int UnitType = 7;

    /// <summary>Longer sets than any encoder writes are not looked into further.</summary>
    private const int MaxLength = 256;
    private const int MaxExponent = 31;
    private const int MacroblockSize = 16;
    private const int MaxSize = 1 << 16;
    private const int Grey = 0;
    private const int Full = 3;

    /// <summary>The profiles whose sets tell of chroma and scaling.</summary>
    private static ReadOnlySpan<byte> HighProfiles => [100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135];

    /// <summary>
    /// The size in pixels, from the first parameter set of a frame with start codes, or from a set alone; false when there is none, or it
    /// is broken.
    /// </summary>
    public static bool TryReadSize(ReadOnlySpan<byte> frame, out int width, out int height)
    {
        for (var start = AnnexB.FindUnit(frame, 0, out var end); start >= 0; start = AnnexB.FindUnit(frame, end, out end))
        {
            if ((frame[start] & 0x1F) == UnitType)
            {
                return TryParse(frame[(start + 1)..end], out width, out height);
            }
        }

        width = height = 0;
        return false;
    }

    private static bool TryParse(ReadOnlySpan<byte> set, out int width, out int height)
    {
        width = height = 0;
        Span<byte> bytes = stackalloc byte[MaxLength];
        var bits = new BitReader(bytes[..Unescape(set, bytes)]);
        var profile = (byte)bits.Read(8);
        bits.Skip(16);
        Number(ref bits);
        var chroma = HighProfiles.Contains(profile) ? ReadChroma(ref bits) : 1;
        Number(ref bits);
        SkipPictureOrder(ref bits);
        Number(ref bits);
        bits.Skip(1);
        var columns = Number(ref bits) + 1;
        var rows = Number(ref bits) + 1;
        var fields = bits.ReadFlag() ? 1u : 2u;
        bits.Skip(fields == 1 ? 1 : 2);
        var (left, right, top, bottom) = (0u, 0u, 0u, 0u);
        if (bits.ReadFlag())
        {
            (left, right, top, bottom) = (Number(ref bits), Number(ref bits), Number(ref bits), Number(ref bits));
        }

        // §7.4.2.1.1: what is cropped counts in chroma samples, of both fields where there are two.
        var wide = (long)columns * MacroblockSize - ((long)left + right) * (chroma is Grey or Full ? 1 : 2);
        var high = (long)rows * MacroblockSize * fields - ((long)top + bottom) * fields * (chroma == 1 ? 2 : 1);
        if (bits.IsExhausted || wide is <= 0 or > MaxSize || high is <= 0 or > MaxSize)
        {
            return false;
        }

        (width, height) = ((int)wide, (int)high);
        return true;
    }

    /// <summary>§7.4.1: a 3 after two zeros is there only so that no start code appears.</summary>
    private static int Unescape(ReadOnlySpan<byte> escaped, Span<byte> bytes)
    {
        var (length, zeros) = (0, 0);
        foreach (var value in escaped)
        {
            if (zeros >= 2 && value == 3)
            {
                zeros = 0;
                continue;
            }

            if (length == bytes.Length)
            {
                break;
            }

            zeros = value == 0 ? zeros + 1 : 0;
            bytes[length++] = value;
        }

        return length;
    }

    private static int ReadChroma(ref BitReader bits)
    {
        var chroma = Number(ref bits);
        bits.Skip(chroma == Full ? 1 : 0);
        Number(ref bits);
        Number(ref bits);
        bits.Skip(1);
        if (bits.ReadFlag())
        {
            var lists = chroma == Full ? 12 : 8;
            for (var i = 0; i < lists; i++)
            {
                SkipScalingList(ref bits, i < 6 ? 16 : 64);
            }
        }

        return (int)Math.Min(chroma, Full);
    }

    /// <summary>§7.3.2.1.1.1.</summary>
    private static void SkipScalingList(ref BitReader bits, int size)
    {
        var (last, next) = (8, 8);
        for (var i = bits.ReadFlag() ? 0 : size; i < size && next != 0; i++)
        {
            next = (last + SignedNumber(ref bits)) & 0xFF;
            last = next == 0 ? last : next;
        }
    }

    private static void SkipPictureOrder(ref BitReader bits)
    {
        switch (Number(ref bits))
        {
            case 0:
                Number(ref bits);
                break;
            case 1:
                bits.Skip(1);
                Number(ref bits);
                Number(ref bits);
                for (var left = Number(ref bits); left > 0 && !bits.IsExhausted; left--)
                {
                    Number(ref bits);
                }

                break;
        }
    }

    /// <summary>§9.1: as many zeros as bits follow the one.</summary>
    private static uint Number(ref BitReader bits)
    {
        var exponent = 0;
        while (exponent < MaxExponent && !bits.IsExhausted && !bits.ReadFlag())
        {
            exponent++;
        }

        return (1u << exponent) - 1 + bits.Read(exponent);
    }

    /// <summary>§9.1.1: 0, 1, -1, 2, -2, …</summary>
    private static int SignedNumber(ref BitReader bits)
    {
        var number = Number(ref bits);
        return (number & 1) != 0 ? (int)(number / 2 + 1) : -(int)(number / 2);
    }
}
