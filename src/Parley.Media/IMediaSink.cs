namespace Parley.Media;

/// <summary>Takes the frames of a track.</summary>
public interface IMediaSink
{
    /// <summary>
    /// A frame has come. Called on the thread that brings it (of a remote track, the connection's transport loop), one frame at
    /// a time: return quickly, do not block, and do not keep <see cref="MediaFrame.Data"/>.
    /// </summary>
    void OnFrame(MediaStreamTrack track, in MediaFrame frame);
}
