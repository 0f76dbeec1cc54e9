namespace Parley.Media.Tests;

/// <summary>Keeps what a track brings.</summary>
internal sealed class FrameLog : IMediaSink
{
    public List<MediaFrame> Frames { get; } = [];

    public Action<MediaFrame>? Before { get; init; }

    public void OnFrame(MediaStreamTrack track, in MediaFrame frame)
    {
        Before?.Invoke(frame);
        lock (Frames)
        {
            Frames.Add(frame with { Data = frame.Data.ToArray() });
        }
    }
}
