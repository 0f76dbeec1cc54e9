namespace Parley.Interop.Matrix;

/// <summary>A step of the scripted call, in their order.</summary>
public enum Step
{
    Connect,
    SoundToThePeer,
    SoundFromThePeer,
    PicturesToThePeer,
    PicturesFromThePeer,
    Text,
    TrackAddedByParley,
    TrackRemovedByParley,
    TrackAddedByThePeer,
    TrackRemovedByThePeer,
    HoldByParley,
    HoldByThePeer,
    RestartByParley,
    RestartByThePeer,
    Rollback,
    Close,
}
