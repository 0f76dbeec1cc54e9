namespace Parley.Media;

/// <summary>
/// Turns raw sound of one rate and number of channels into another: channels are mixed by their mean, or repeated; rates are
/// converted by <see cref="PcmResampler"/>. Not safe for concurrent use.
/// </summary>
public sealed class PcmConverter
{
    private readonly int _fromChannels;
    private readonly int _toChannels;
    private readonly PcmResampler? _resampler;
    private short[] _mixed = [];
    private short[] _resampled = [];

    /// <summary>Makes a converter.</summary>
    /// <param name="from">The input's format, see <see cref="MediaFormat.Pcm"/>.</param>
    /// <param name="to">The output's format.</param>
    /// <exception cref="NotSupportedException">One of the formats is not raw sound.</exception>
    public PcmConverter(MediaFormat from, MediaFormat to)
    {
        Require(from);
        Require(to);
        _fromChannels = from.Channels;
        _toChannels = to.Channels;
        _resampler = from.ClockRate == to.ClockRate ? null : new PcmResampler(from.ClockRate, to.ClockRate, to.Channels);
    }

    /// <summary>Converts; the result is valid until the next call, or as long as the input when nothing had to be done.</summary>
    public ReadOnlySpan<short> Convert(ReadOnlySpan<short> samples)
    {
        var mixed = Mix(samples);
        if (_resampler is null)
        {
            return mixed;
        }

        var needed = _resampler.MaximumOutput(mixed.Length);
        if (_resampled.Length < needed)
        {
            _resampled = new short[needed];
        }

        return _resampled.AsSpan(0, _resampler.Convert(mixed, _resampled));
    }

    internal static bool IsPcm(MediaFormat format) =>
        format.Channels > 0 && string.Equals(format.Name, "L16", StringComparison.OrdinalIgnoreCase);

    private static void Require(MediaFormat format)
    {
        ArgumentNullException.ThrowIfNull(format);
        if (!IsPcm(format))
        {
            throw new NotSupportedException($"{format.Name} is not raw sound.");
        }
    }

    private ReadOnlySpan<short> Mix(ReadOnlySpan<short> samples)
    {
        if (_fromChannels == _toChannels)
        {
            return samples;
        }

        var frames = samples.Length / _fromChannels;
        if (_mixed.Length < frames * _toChannels)
        {
            _mixed = new short[frames * _toChannels];
        }

        for (var i = 0; i < frames; i++)
        {
            var frame = samples.Slice(i * _fromChannels, _fromChannels);
            var target = _mixed.AsSpan(i * _toChannels, _toChannels);
            if (_fromChannels == 1)
            {
                target.Fill(frame[0]);
                continue;
            }

            // To fewer channels: each takes the mean of all. To more, which telephony never asks for, the same.
            var sum = 0;
            foreach (var sample in frame)
            {
                sum += sample;
            }

            target.Fill((short)(sum / _fromChannels));
        }

        return _mixed.AsSpan(0, frames * _toChannels);
    }
}
