namespace Parley.Sdp;

/// <summary>The text of a <see cref="SetupRole"/>.</summary>
public static class SetupRoles
{
    /// <summary>"actpass", "active", "passive" or "holdconn".</summary>
    public static string ToText(this SetupRole role) => role switch
    {
        SetupRole.Active => "active",
        SetupRole.Passive => "passive",
        SetupRole.HoldConn => "holdconn",
        _ => "actpass",
    };

    /// <summary>Reads a role.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out SetupRole role)
    {
        (bool known, role) = text switch
        {
            "actpass" => (true, SetupRole.ActPass),
            "active" => (true, SetupRole.Active),
            "passive" => (true, SetupRole.Passive),
            "holdconn" => (true, SetupRole.HoldConn),
            _ => (false, default),
        };
        return known;
    }
}
