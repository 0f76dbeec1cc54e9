using Parley.Sdp;

namespace Parley;

/// <summary>A description in force: its object form grows with the candidates, and its text is made when somebody reads it.</summary>
internal sealed class AppliedDescription
{
    private string? _text;

    public AppliedDescription(SdpType type, SdpDocument document, string text)
    {
        Type = type;
        Document = document;
        GivenText = _text = text;
    }

    public SdpType Type { get; }

    public SdpDocument Document { get; }

    /// <summary>The text as it was set, whatever candidates have come since.</summary>
    public string GivenText { get; }

    public SessionDescription ToSessionDescription() => new(Type, _text ??= Document.ToString());

    /// <summary>Says that <see cref="Document"/> was changed.</summary>
    public void Changed() => _text = null;
}
