namespace Parley.Rtp;

/// <summary>What can be told of an AV1 temporal unit without decoding it (AV1 bitstream specification §5.5, §5.9.2).</summary>
public static class Av1TemporalUnit
{
    /// <summary>
    /// Whether decoding can begin with the unit: it holds a sequence header, and the first frame after it is a key frame that is shown
    /// (§7.6.1). Its units say their sizes, in the low-overhead format (§5.2).
    /// </summary>
    /// <param name="unit">The temporal unit.</param>
    /// <param name="width">The greatest width in pixels that the sequence header allows, of a key frame; else 0.</param>
    /// <param name="height">The greatest height in pixels, likewise.</param>
    public static bool IsKeyFrame(ReadOnlySpan<byte> unit, out int width, out int height)
    {
        (width, height) = (0, 0);
        int sequenceWidth = 0, sequenceHeight = 0;
        bool hasSequence = false, isStill = false;
        while (Av1Obu.TryParse(unit, out var obu))
        {
            var content = unit.Slice(obu.ContentStart, obu.ContentLength);
            if (obu.Type == Av1ObuType.SequenceHeader)
            {
                if (!TryReadSequence(content, out isStill, out sequenceWidth, out sequenceHeight))
                {
                    return false;
                }

                hasSequence = true;
            }
            else if (obu.Type is Av1ObuType.FrameHeader or Av1ObuType.Frame)
            {
                // show_existing_frame 0, frame_type KEY_FRAME (0), show_frame 1; of a reduced still picture all is implied.
                if (!hasSequence || content.IsEmpty || (!isStill && (content[0] & 0xF0) != 0x10))
                {
                    return false;
                }

                (width, height) = (sequenceWidth, sequenceHeight);
                return true;
            }

            unit = unit[obu.Length..];
        }

        return false;
    }

    private static bool TryReadSequence(ReadOnlySpan<byte> content, out bool isReducedStill, out int width, out int height)
    {
        var bits = new BitReader(content);
        bits.Skip(3 + 1); // seq_profile, still_picture
        isReducedStill = bits.ReadFlag();
        if (isReducedStill)
        {
            bits.Skip(5); // seq_level_idx
        }
        else
        {
            SkipTimingAndOperatingPoints(ref bits);
        }

        var widthBits = (int)bits.Read(4) + 1;
        var heightBits = (int)bits.Read(4) + 1;
        width = (int)bits.Read(widthBits) + 1;
        height = (int)bits.Read(heightBits) + 1;
        return !bits.IsExhausted;
    }

    private static void SkipTimingAndOperatingPoints(ref BitReader bits)
    {
        var (hasDecoderModel, delayBits) = (false, 0);
        if (bits.ReadFlag())
        {
            bits.Skip(32 + 32); // num_units_in_display_tick, time_scale
            if (bits.ReadFlag())
            {
                SkipVariableLength(ref bits); // num_ticks_per_picture_minus_1
            }

            hasDecoderModel = bits.ReadFlag();
            if (hasDecoderModel)
            {
                delayBits = (int)bits.Read(5) + 1;
                bits.Skip(32 + 5 + 5); // num_units_in_decoding_tick and the lengths of what frames have
            }
        }

        var hasDisplayDelay = bits.ReadFlag();
        for (var points = (int)bits.Read(5) + 1; points > 0; points--)
        {
            bits.Skip(12); // operating_point_idc
            if (bits.Read(5) > 7)
            {
                bits.Skip(1); // seq_tier
            }

            if (hasDecoderModel && bits.ReadFlag())
            {
                bits.Skip(delayBits * 2 + 1);
            }

            if (hasDisplayDelay && bits.ReadFlag())
            {
                bits.Skip(4);
            }
        }
    }

    // §4.10.3: as many zeros as bits follow the one.
    private static void SkipVariableLength(ref BitReader bits)
    {
        var zeros = 0;
        while (!bits.IsExhausted && !bits.ReadFlag())
        {
            zeros++;
        }

        bits.Skip(zeros < 32 ? zeros : 0);
    }
}
