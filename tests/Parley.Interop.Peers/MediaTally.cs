using Parley.Media;

namespace Parley.Interop.Peers;

/// <summary>Counts the frames of a kind of media as they come, and keeps the first of them for a recording.</summary>
public sealed class MediaTally : IMediaSink
{
    private const int MaxKept = 3000;

    private readonly Lock _gate = new();
    private readonly List<MediaFrame> _kept = [];

    /// <summary>Frames that came.</summary>
    public int Frames { get; private set; }

    /// <summary>Bytes of them all.</summary>
    public long Bytes { get; private set; }

    /// <summary>Key frames among them.</summary>
    public int KeyFrames { get; private set; }

    /// <summary>How often frames were missing before one.</summary>
    public int Gaps { get; private set; }

    /// <summary>The size of the last key frame of VP8, VP9 or AV1.</summary>
    public (int Width, int Height) Size { get; private set; }

    public void OnFrame(MediaStreamTrack track, in MediaFrame frame)
    {
        lock (_gate)
        {
            Frames++;
            Bytes += frame.Data.Length;
            KeyFrames += frame.IsKeyFrame ? 1 : 0;
            Gaps += frame.FollowsLoss ? 1 : 0;
            if (frame.IsKeyFrame && VideoFrame.TryReadSize(frame.Format, frame.Data.Span, out int width, out int height))
            {
                Size = (width, height);
            }

            if (_kept.Count < MaxKept)
            {
                _kept.Add(frame with { Data = frame.Data.ToArray() });
            }
        }
    }

    /// <summary>Waits for so many more frames.</summary>
    public Task ExpectMoreAsync(int frames)
    {
        int goal = Frames + frames;
        return Until.TrueAsync(() => Frames >= goal, () => $"{frames} more frames; {this}");
    }

    /// <summary>Writes what was kept of pictures as an IVF file.</summary>
    /// <returns>How many frames the file holds.</returns>
    public int WriteIvf(string path)
    {
        var frames = Kept();
        using var writer = new IvfWriter(
            File.Create(path),
            new IvfHeader { FourCC = IvfHeader.FourCCOf(frames[0].Format), Width = (ushort)Size.Width, Height = (ushort)Size.Height });
        foreach (MediaFrame frame in frames)
        {
            writer.Write(frame.Data.Span, (long)Math.Round(frame.Timestamp.TotalSeconds * 90_000));
        }

        return writer.FrameCount;
    }

    /// <summary>Writes what was kept of Opus as an Ogg file.</summary>
    /// <returns>How long it sounds.</returns>
    public TimeSpan WriteOgg(string path)
    {
        var frames = Kept();
        using var writer = new OggWriter(File.Create(path), new OpusHead());
        foreach (MediaFrame frame in frames)
        {
            writer.Write(frame.Data.Span);
        }

        return TimeSpan.FromSeconds(writer.Samples / 48_000.0);
    }

    public override string ToString() => $"{Frames} frames, {KeyFrames} key frames, {Gaps} gaps";

    private MediaFrame[] Kept()
    {
        lock (_gate)
        {
            return [.. _kept];
        }
    }
}
