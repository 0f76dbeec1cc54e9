using System.Runtime.InteropServices;
using Parley.Media;

namespace Parley.Interop.Conversations;

/// <summary>Decodes sound and tells the frequency of a tone in it.</summary>
public sealed class Ear : IMediaSink, IDisposable
{
    // 100 ms at 48 kHz: long enough to tell tones 10 Hz apart.
    private const int Window = 4_800;

    private readonly Lock _gate = new();
    private AudioDecoder? _decoder;
    private bool _disposed;
    private int _samples;
    private int _crossings;
    private int _loudest;
    private bool _above;

    /// <summary>Zero crossings upwards per second in the last tenth of a second; 0 in silence.</summary>
    public double Frequency { get; private set; }

    public void OnFrame(MediaStreamTrack track, in MediaFrame frame)
    {
        lock (_gate)
        {
            if (!_disposed && frame.Format.Equals(MediaFormat.Opus))
            {
                _decoder ??= AudioDecoder.Create(frame.Format);
                _decoder.Decode(frame, Listen);
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _decoder?.Dispose();
        }
    }

    private void Listen(in MediaFrame sound)
    {
        ReadOnlySpan<short> samples = MemoryMarshal.Cast<byte, short>(sound.Data.Span);
        for (int i = 0; i < samples.Length; i += sound.Format.Channels)
        {
            bool above = samples[i] > (_above ? -200 : 200);
            _crossings += above && !_above ? 1 : 0;
            _above = above;
            _loudest = Math.Max(_loudest, Math.Abs((int)samples[i]));
            if (++_samples == Window)
            {
                Frequency = _loudest > 400 ? _crossings * 10.0 : 0;
                (_samples, _crossings, _loudest) = (0, 0, 0);
            }
        }
    }
}
