namespace Parley.Sdp;

/// <summary>Collects errors up to a bound.</summary>
internal sealed class SdpErrors
{
    private readonly List<SdpParseError> _all = [];

    public IReadOnlyList<SdpParseError> All => _all;

    public void Add(SdpAttribute attribute, SdpErrorReason reason, string message) =>
        Add(attribute.LineNumber, "a=" + attribute, reason, message);

    public void Add(MediaDescription media, SdpErrorReason reason, string message) =>
        Add(media.LineNumber, "m=" + media.FirstLine(), reason, message);

    public void Add(int lineNumber, string line, SdpErrorReason reason, string message)
    {
        if (_all.Count < SdpValidation.MaximumErrors)
        {
            _all.Add(SdpParseError.Create(lineNumber, line, reason, message));
        }
    }
}
