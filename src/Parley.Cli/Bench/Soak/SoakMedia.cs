using System.Buffers.Binary;
using Parley.Media;

namespace Parley.Cli.Bench.Soak;

/// <summary>A track fed with numbered frames at a steady pace.</summary>
internal sealed class SoakMedia
{
    private const int KeyFrameEvery = 100;
    private readonly TimeSpan _interval;
    private readonly byte[] _data;
    private long _sent;

    public SoakMedia(MediaKind kind, TimeSpan interval, int size)
    {
        _interval = interval;
        _data = new byte[Math.Max(size, MediaLedger.NumberOffset + sizeof(long))];
        Track = new MediaStreamTrack(kind);
        if (kind == MediaKind.Audio)
        {
            // One frame of 20 ms (RFC 6716 §3.1).
            _data[0] = 0xF8;
        }
    }

    public MediaStreamTrack Track { get; }

    /// <summary>Frames written.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    /// <summary>Writes frames until the call ends.</summary>
    public async Task FeedAsync(TimeProvider time, CancellationToken ended)
    {
        while (!ended.IsCancellationRequested)
        {
            await Task.Delay(_interval, time);
            bool isKey = Track.Kind == MediaKind.Audio || Sent % KeyFrameEvery == 0;
            if (Track.Kind == MediaKind.Video)
            {
                WritePictureHeader(isKey);
            }

            BinaryPrimitives.WriteInt64BigEndian(_data.AsSpan(MediaLedger.NumberOffset), Sent);
            Track.Write(new MediaFrame
            {
                Format = Track.Kind == MediaKind.Audio ? MediaFormat.Opus : MediaFormat.Vp8,
                Data = _data,
                Timestamp = _interval * Sent,
                IsKeyFrame = isKey,
            });
            Interlocked.Increment(ref _sent);
        }
    }

    // RFC 6386 §9.1: the frame tag; of a key frame the start code and a size of 16 by 16 as well.
    private void WritePictureHeader(bool isKey)
    {
        ReadOnlySpan<byte> header = isKey ? [0x10, 0, 0, 0x9D, 0x01, 0x2A, 16, 0, 16, 0] : [0x11, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        header.CopyTo(_data);
    }
}
