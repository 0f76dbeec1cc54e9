using System.Globalization;

namespace Parley.Sdp;

/// <summary>H.264's profile-level-id: three bytes in hexadecimal (RFC 6184 §8.1).</summary>
/// <param name="Profile">The set of tools.</param>
/// <param name="Level">The level_idc: ten times the level, so that 31 is level 3.1; 9 is level 1b.</param>
public readonly record struct H264ProfileLevelId(H264Profile Profile, int Level)
{
    /// <summary>Level 1b lies between 1 and 1.1; 9 is its level_idc in the High profiles, and here.</summary>
    public const int Level1B = 9;

    private const byte ConstraintSet3 = 0x10;

    // RFC 6184 table 5: profile_idc, the bits of profile-iop that count, and what they must be.
    private static readonly (byte Idc, byte Mask, byte Bits, H264Profile Profile)[] Table =
    [
        (0x42, 0x4F, 0x40, H264Profile.ConstrainedBaseline), (0x4D, 0x8F, 0x80, H264Profile.ConstrainedBaseline),
        (0x58, 0xCF, 0xC0, H264Profile.ConstrainedBaseline), (0x42, 0x4F, 0x00, H264Profile.Baseline),
        (0x58, 0xCF, 0x80, H264Profile.Baseline),
        (0x4D, 0xAF, 0x00, H264Profile.Main), (0x58, 0xCF, 0x00, H264Profile.Extended), (0x64, 0xFF, 0x00, H264Profile.High),
        (0x64, 0xFF, 0x0C, H264Profile.ConstrainedHigh), (0xF4, 0xFF, 0x00, H264Profile.PredictiveHigh444),
    ];

    /// <summary>
    /// What no profile-level-id means: Constrained Baseline 3.1, as in libwebrtc. RFC 6184 §8.1 says Baseline 1, which no browser offers or
    /// means.
    /// </summary>
    public static H264ProfileLevelId Default { get; } = new(H264Profile.ConstrainedBaseline, 31);

    /// <summary>Reads six hexadecimal digits; null text is the <see cref="Default"/>.</summary>
    public static bool TryParse(string? text, out H264ProfileLevelId id)
    {
        id = Default;
        if (text is null)
        {
            return true;
        }

        if (text.Length != 6 || !uint.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint bits))
        {
            return false;
        }

        byte idc = (byte)(bits >> 16), iop = (byte)(bits >> 8);
        int level = (byte)bits;
        foreach (var row in Table)
        {
            if (row.Idc == idc && (iop & row.Mask) == row.Bits)
            {
                // In the older profiles level 1b is level_idc 11 with constraint_set3_flag.
                bool isOldLevel1B = level == 11 && (iop & ConstraintSet3) != 0 && idc is (0x42 or 0x4D or 0x58);
                id = new H264ProfileLevelId(row.Profile, isOldLevel1B ? Level1B : level);
                return true;
            }
        }

        return false;
    }

    /// <summary>The three bytes in lower-case hexadecimal.</summary>
    public override string ToString()
    {
        (byte idc, byte iop) = Profile switch
        {
            H264Profile.ConstrainedBaseline => ((byte)0x42, (byte)0xE0),
            H264Profile.Baseline => ((byte)0x42, (byte)0x00),
            H264Profile.Main => ((byte)0x4D, (byte)0x00),
            H264Profile.Extended => ((byte)0x58, (byte)0x00),
            H264Profile.High => ((byte)0x64, (byte)0x00),
            H264Profile.ConstrainedHigh => ((byte)0x64, (byte)0x0C),
            _ => ((byte)0xF4, (byte)0x00),
        };
        int level = Level;
        if (level == Level1B && idc is (0x42 or 0x4D or 0x58))
        {
            iop |= ConstraintSet3;
            level = 11;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{idc:x2}{iop:x2}{level:x2}");
    }
}
