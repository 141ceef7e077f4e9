"""The charts of the manager's card as pictures in the KPI row; needs the extra ``pictures`` (Pillow)."""
