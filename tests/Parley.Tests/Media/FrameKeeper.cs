using Parley.Media;

namespace Parley.Tests.Media;

/// <summary>Keeps what comes.</summary>
internal sealed class FrameKeeper : IMediaSink
{
    public List<MediaFrame> Frames { get; } = [];

    public void OnFrame(MediaStreamTrack track, in MediaFrame frame) => Frames.Add(frame with { Data = frame.Data.ToArray() });
}
